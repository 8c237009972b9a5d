//! What `benchmark` was told.

use std::str::FromStr;

/// The options, with their defaults.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Options {
    /// How many posts the benchmark's own queries have.
    pub(super) posts: u32,
    /// How often each query is measured.
    pub(super) runs: u32,
    /// How many times the baseline a query may take.
    pub(super) threshold: f64,
    /// Whether this run is the baseline from now on.
    pub(super) save_baseline: bool,
    /// Whether the results are written as JSON.
    pub(super) json: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { posts: 50_000, runs: 7, threshold: 2.0, save_baseline: false, json: false }
    }
}

const HAS: &str = "it has `--posts N`, `--runs N`, `--threshold X`, `--save-baseline` and `--json`";

impl Options {
    /// Reads them, `--posts 500` as well as `--posts=500`.
    pub(super) fn read(arguments: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut this = Self::default();
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            let (name, joined) = match argument.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (&*argument, None),
            };
            match name {
                "--save-baseline" | "--json" if joined.is_some() => {
                    return Err(format!("`{name}` takes no value."));
                }
                "--save-baseline" => this.save_baseline = true,
                "--json" => this.json = true,
                "--posts" | "--runs" | "--threshold" => {
                    let value = joined.or_else(|| arguments.next()).unwrap_or_default();
                    match name {
                        "--posts" => this.posts = number(name, &value, |n| (1..=100_000_000).contains(n))?,
                        "--runs" => this.runs = number(name, &value, |n| (1..=1000).contains(n))?,
                        _ => {
                            this.threshold = number(name, &value, |x: &f64| x.is_finite() && *x >= 1.0)?;
                        }
                    }
                }
                _ => return Err(format!("`benchmark` has no option `{argument}`; {HAS}.")),
            }
        }
        Ok(this)
    }
}

fn number<T: FromStr>(name: &str, value: &str, fits: impl FnOnce(&T) -> bool) -> Result<T, String> {
    let expected = match name {
        "--posts" => "a number from 1 to 100000000",
        "--runs" => "a number from 1 to 1000",
        _ => "a number of 1 or more, such as 2.0",
    };
    let number = value.parse().ok().filter(fits);
    number.ok_or_else(|| format!("`{name}` should be {expected}, and is `{value}`."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Options, String> {
        Options::read(text.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn options_in_any_order_and_both_forms() {
        assert_eq!(read(""), Ok(Options::default()));
        let expected = Options { posts: 500, runs: 3, threshold: 1.5, save_baseline: true, json: true };
        assert_eq!(read("--json --posts 500 --save-baseline --runs=3 --threshold 1.5"), Ok(expected));
    }

    #[test]
    fn mistakes_say_what_is_expected() {
        let error = |text: &str| read(text).unwrap_err();
        assert_eq!(error("--post 3"), format!("`benchmark` has no option `--post`; {HAS}."));
        assert_eq!(error("--posts"), "`--posts` should be a number from 1 to 100000000, and is ``.");
        assert_eq!(error("--posts 0"), "`--posts` should be a number from 1 to 100000000, and is `0`.");
        assert_eq!(error("--runs -1"), "`--runs` should be a number from 1 to 1000, and is `-1`.");
        for wrong in ["0.5", "NaN", "inf", "2,0"] {
            let expected =
                format!("`--threshold` should be a number of 1 or more, such as 2.0, and is `{wrong}`.");
            assert_eq!(error(&format!("--threshold {wrong}")), expected);
        }
        assert_eq!(error("--json=yes"), "`--json` takes no value.");
    }
}
