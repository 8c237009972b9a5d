//! The colours of the stylesheet can be read, in the light and in the dark: WCAG 2.2, level AA.

use std::collections::HashMap;

const STYLESHEET: &str = include_str!("../static/catalog.css");

/// Text and what it stands on.
const TEXT: &[(&str, &str)] = &[
    ("ink", "paper"),
    ("ink", "sheet"),
    ("ink", "tint"),
    ("soft", "paper"),
    ("soft", "tint"),
    ("accent", "paper"),
    ("accent", "tint"),
    ("on-accent", "accent"),
    ("on-mark", "mark"),
    ("wrong", "paper"),
];

/// Edges one has to see to use the page: 3 to 1 is enough.
const EDGES: &[(&str, &str)] = &[("accent", "paper"), ("accent", "tint"), ("soft", "sheet")];

fn palette(block: &str) -> HashMap<&str, f64> {
    let declarations =
        block.lines().filter_map(|line| line.trim().strip_prefix("--")?.strip_suffix(';')?.split_once(": #"));
    declarations.map(|(name, hex)| (name, luminance(hex))).collect()
}

fn luminance(hex: &str) -> f64 {
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
}

#[test]
fn text_and_edges_stand_out() {
    let blocks: Vec<&str> =
        STYLESHEET.split(":root {").skip(1).map(|block| block.split('}').next().unwrap()).collect();
    for (mode, block) in [("light", blocks[0]), ("dark", blocks[1])] {
        let colours = palette(block);
        let contrast = |a: &str, b: &str| {
            let (a, b) = (colours[a].max(colours[b]), colours[a].min(colours[b]));
            (a + 0.05) / (b + 0.05)
        };
        for (pairs, least) in [(TEXT, 4.5), (EDGES, 3.0)] {
            for (front, back) in pairs {
                let ratio = contrast(front, back);
                assert!(ratio >= least, "{mode}: {front} on {back} is {ratio:.2}, less than {least}");
            }
        }
    }
}
