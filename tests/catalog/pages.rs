//! What the pages and the API show, beside what the file says.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

use crate::naive;
use crate::served::{SITE, Served, encoded};

/// A package with many dependencies that most machines have, or the one with the most.
fn known(packages: &BTreeMap<String, BTreeMap<String, String>>) -> String {
    let wants =
        |name: &&String| packages[*name].get("Depends").map_or(0, |depends| depends.split(',').count());
    packages.keys().max_by_key(wants).unwrap().clone()
}

#[test]
fn all_packages_are_counted() {
    let packages = naive::packages(&SITE.text);
    let statistics = SITE.json("/statistics");
    assert_eq!(statistics["packages"], packages.len());
    let size = |fields: &BTreeMap<String, String>| -> i64 {
        fields.get("Installed-Size").map_or(0, |size| size.parse().unwrap())
    };
    assert_eq!(statistics["size"], packages.values().map(size).sum::<i64>());

    let mut sections: BTreeMap<&str, u64> = BTreeMap::new();
    for fields in packages.values() {
        *sections.entry(fields.get("Section").map_or("unknown", String::as_str)).or_default() += 1;
    }
    let found: BTreeMap<String, u64> = SITE
        .json("/sections")
        .as_array()
        .unwrap()
        .iter()
        .map(|section| (section["name"].as_str().unwrap().to_owned(), section["count"].as_u64().unwrap()))
        .collect();
    assert_eq!(found, sections.iter().map(|(name, many)| ((*name).to_owned(), *many)).collect());

    let mut people: BTreeMap<&str, i64> = BTreeMap::new();
    for maintainer in packages.values().filter_map(|fields| fields.get("Maintainer")) {
        *people.entry(maintainer).or_default() += 1;
    }
    let most = people.values().max().unwrap();
    assert_eq!(statistics["maintainers"][0][2], *most);
}

#[test]
fn dpkg_counts_the_same() {
    let Ok(listed) =
        Command::new("dpkg-query").args(["-W", "-f", "${db:Status-Status} ${Package}\n"]).output()
    else {
        return;
    };
    let listed = String::from_utf8(listed.stdout).unwrap();
    let installed = listed.lines().filter(|line| line.starts_with("installed ")).count();
    assert_eq!(SITE.json("/statistics")["packages"], installed);
}

#[test]
fn statistics_add_up() {
    let numbers = SITE.json("/statistics");
    let sum = |of: &str, field: &dyn Fn(&Value) -> i64| {
        numbers[of].as_array().unwrap().iter().map(field).sum::<i64>()
    };
    let packages = numbers["packages"].as_i64().unwrap();
    let size = numbers["size"].as_i64().unwrap();
    assert_eq!(sum("sizes", &|bucket| bucket["packages"].as_i64().unwrap()), packages);
    assert_eq!(sum("sizes", &|bucket| bucket["size"].as_i64().unwrap()), size);
    assert_eq!(sum("sections", &|section| section[1].as_i64().unwrap()), packages);
    assert_eq!(sum("sections", &|section| section[2].as_i64().unwrap()), size);
    let mut together = 0;
    for largest in numbers["largest"].as_array().unwrap() {
        together += largest[1].as_i64().unwrap();
        assert_eq!(largest[2], together);
    }
    for of_section in numbers["largest_of_each"].as_array().unwrap() {
        let sizes: Vec<i64> =
            of_section[1].as_array().unwrap().iter().map(|package| package[1].as_i64().unwrap()).collect();
        assert!((1..=3).contains(&sizes.len()) && sizes.is_sorted_by(|a, b| a >= b), "{of_section}");
    }
    // The first place by size is that of the section that takes most.
    let sections = numbers["sections"].as_array().unwrap();
    let first = sections.iter().find(|section| section[3] == 1).unwrap();
    assert_eq!(first[2], sections.iter().map(|section| section[2].as_i64().unwrap()).max().unwrap());
}

fn labels(branch: &Value, found: &mut Vec<String>) {
    for below in branch["below"].as_array().unwrap() {
        assert_eq!(below["depth"].as_u64().unwrap(), branch["depth"].as_u64().unwrap() + 1);
        found.push(below["label"].as_str().unwrap().to_owned());
        labels(below, found);
    }
}

#[test]
fn a_tree_has_what_a_walk_finds() {
    let packages = naive::packages(&SITE.text);
    let architectures: BTreeSet<&str> =
        packages.values().map(|fields| fields["Architecture"].as_str()).collect();
    for name in [known(&packages), packages.keys().next().unwrap().clone()] {
        let mut found = Vec::new();
        labels(&SITE.json(&format!("/packages/{}/tree", encoded(&name))), &mut found);
        let once: BTreeSet<String> = found.iter().cloned().collect();
        assert_eq!(once.len(), found.len(), "each stands once");
        // With packages of several architectures, which of a name is meant is not as simple as here.
        if architectures.len() <= 2 {
            let mut naive = naive::needed(&packages, &name);
            naive.remove(&name);
            assert_eq!(once, naive, "{name}");
        }
        let page = SITE.page(&format!("/packages/{}/tree", encoded(&name)));
        assert_eq!(page.matches("<li>").count(), found.len());
        assert_eq!(page.matches("<ul").count(), page.matches("</ul>").count());
        assert_eq!(page.matches("<details").count(), page.matches("</details>").count());
    }
}

#[test]
fn a_package_and_its_dependents_belong_together() {
    let packages = naive::packages(&SITE.text);
    let name = known(&packages);
    let package = SITE.json(&format!("/packages/{}", encoded(&name)));
    assert_eq!(package["package"]["version"], packages[&name]["Version"]);
    assert_eq!(package["package"].get("search"), None);
    let wanted: Vec<&Value> = package["dependencies"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|wanted| wanted["kind"] == "depends")
        .collect();
    assert_eq!(wanted.len(), packages[&name]["Depends"].split(',').count());
    // The way back: it is among those that want each of what it wants.
    let mut seen = 0;
    for by in wanted.iter().filter_map(|wanted| wanted["alternatives"][0]["packages"][0].as_str()).take(3) {
        let mut page = 1;
        loop {
            let found = SITE.json(&format!("/packages/{}/dependents?kind=depends&page={page}", encoded(by)));
            let found = found["packages"].as_array().unwrap().clone();
            assert!(!found.is_empty(), "{name} is not among those that want {by}");
            if found.iter().any(|dependent| dependent[0] == name.as_str()) {
                seen += 1;
                break;
            }
            page += 1;
        }
    }
    assert!(seen > 0);
}

#[test]
fn a_search_finds_names_and_descriptions() {
    let packages = naive::packages(&SITE.text);
    let name = known(&packages);
    let hits = SITE.json(&format!("/search?q={}", encoded(&name)));
    assert_eq!(hits[0]["label"], name.as_str(), "{hits}");
    assert!(SITE.page(&format!("/search?q={}", encoded(&name))).contains(&format!(">{name}</a>")));

    // All packages with a word in the summary are found, in that section or in all, page by page.
    let all = |query: &str| {
        let mut labels = BTreeSet::new();
        for page in 1.. {
            let found = SITE.json(&format!("/search?{query}&page={page}"));
            let found = found.as_array().unwrap();
            let before = labels.len();
            labels.extend(found.iter().map(|hit| hit["label"].as_str().unwrap().to_owned()));
            assert_eq!(labels.len(), before + found.len(), "no package is on two pages");
            if found.is_empty() {
                break;
            }
        }
        labels
    };
    let found = all("q=library");
    let naive: Vec<&String> = packages
        .iter()
        .filter(|(_, fields)| {
            let description = fields.get("Description").map_or("", String::as_str).to_lowercase();
            description
                .split(|c: char| !c.is_alphanumeric())
                .any(|word| word == "library" || word == "libraries")
        })
        .map(|(name, _)| name)
        .collect();
    assert!(!naive.is_empty() && naive.iter().all(|name| found.contains(*name)), "{naive:?} {found:?}");
    let in_libs = all("q=library&section=libs");
    assert!(
        in_libs.is_subset(&found)
            && in_libs
                .iter()
                .all(|name| packages[name].get("Section").is_some_and(|section| section == "libs"))
    );
    assert!(all("q=library+-library").is_empty());
}

#[test]
fn a_misspelt_name_leads_to_those_that_are_like_it() {
    let packages = naive::packages(&SITE.text);
    let name = packages
        .keys()
        .filter(|name| name.chars().all(|c| c.is_ascii_lowercase()))
        .max_by_key(|name| name.len())
        .unwrap();
    let misspelt = format!("{}x{}", &name[..name.len() - 2], &name[name.len() - 2..]);
    let page = SITE.page(&format!("/search?q={misspelt}"));
    assert!(page.contains("Did you mean") && page.contains(&format!(">{name}</a>")), "{misspelt}: {page}");
}

#[test]
fn every_link_on_the_pages_leads_somewhere() {
    let packages = naive::packages(&SITE.text);
    let name = encoded(&known(&packages));
    let mut waiting: Vec<String> = ["/", "/statistics", "/search?q=library"].map(str::to_owned).into();
    waiting.extend(["", "/tree", "/dependents"].map(|more| format!("/packages/{name}{more}")));
    let mut links = BTreeSet::new();
    for target in &waiting {
        let page = SITE.page(target);
        links.extend(
            page.split("href=\"/").skip(1).map(|link| format!("/{}", link.split('"').next().unwrap())),
        );
    }
    let kinds: BTreeMap<String, Vec<&String>> = links.iter().fold(BTreeMap::new(), |mut kinds, link| {
        kinds.entry(link.split('/').nth(1).unwrap_or_default().to_owned()).or_default().push(link);
        kinds
    });
    assert!(
        kinds.contains_key("sections") && kinds.contains_key("maintainers") && kinds.contains_key("tags")
    );
    // A few of each kind are enough.
    for link in kinds.values().flat_map(|links| links.iter().take(12)) {
        assert_eq!(SITE.get(link.replace("&amp;", "&")).status, 200, "{link}");
    }
}

#[test]
fn what_a_file_says_is_text_and_never_html() {
    const EVIL: &str = "<script>alert(1)</script>";
    let text = format!(
        "Package: evil\nVersion: 1\nArchitecture: all\nSection: {EVIL}\nPriority: {EVIL}\nSource: {EVIL}\n\
         Maintainer: evil {EVIL}\nHomepage: javascript:alert(1)\nInstalled-Size: 7\n\
         Description: evil {EVIL}\n evil {EVIL}\n .\n  evil {EVIL}\n\n{EVIL}: no field {EVIL}\n{EVIL}\n"
    );
    let file = std::env::temp_dir().join(format!("hyper-tests-catalog-{}-evil", std::process::id()));
    std::fs::write(&file, text).unwrap();
    let site = Served::on(hyper_tests::postgres().url(), &file);
    std::fs::remove_file(&file).unwrap();
    let section = format!("/sections/{}", encoded(EVIL));
    for target in [
        "/",
        "/search?q=evil",
        "/packages/evil",
        "/packages/evil/tree",
        "/statistics",
        "/maintainers/1",
        &section,
    ] {
        let page = site.page(target);
        assert!(!page.contains("<script") && !page.contains("href=\"javascript"), "{target}: {page}");
        assert!(page.contains("evil"), "{target}: {page}");
    }
    assert!(site.page("/packages/evil").contains("&lt;script&gt;alert(1)"));
}
