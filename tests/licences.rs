//! Every crate that is built in may be used with ours: its licence is on the list in `deny.toml`, and it is not banned.
//!
//! The same file steers cargo-deny, which needs a tool of its own; this test needs none and runs with all others.

use serde::Deserialize;
use spdx::{Expression, Licensee, ParseMode};
use std::process::Command;

#[derive(Deserialize)]
struct Deny {
    licenses: Licenses,
    bans: Bans,
}

#[derive(Deserialize)]
struct Licenses {
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct Bans {
    #[serde(default)]
    deny: Vec<Ban>,
}

/// cargo-deny takes a bare name, or a table with `crate` or, of old, `name`.
#[derive(Deserialize)]
#[serde(untagged)]
enum Ban {
    Name(String),
    Table {
        #[serde(alias = "crate")]
        name: String,
    },
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
}

#[test]
fn every_licence_is_allowed() {
    let allowed: Vec<Licensee> = deny().licenses.allow.iter().map(|text| licensee(text)).collect();
    assert!(allowed.len() >= 5, "deny.toml allows more than nothing");
    let packages = packages();
    assert!(
        packages.len() > 100,
        "cargo metadata lists the whole tree, not {} packages",
        packages.len()
    );
    let refused: Vec<String> = packages
        .iter()
        .filter_map(|package| refusal(package, &allowed))
        .collect();
    assert!(refused.is_empty(), "not allowed by deny.toml:\n{}", refused.join("\n"));
}

#[test]
fn no_crate_is_banned() {
    let banned: Vec<String> = deny().bans.deny.into_iter().map(Ban::name).collect();
    for name in ["openssl-sys", "native-tls", "rustls-pemfile"] {
        assert!(banned.iter().any(|banned| banned == name), "deny.toml bans {name}");
    }
    let here: Vec<String> = packages()
        .into_iter()
        .map(|package| package.name)
        .filter(|name| banned.contains(name))
        .collect();
    assert!(
        here.is_empty(),
        "banned by deny.toml, and in the tree all the same: {here:?}"
    );
}

#[test]
fn a_refused_licence_is_seen() {
    let allowed = [licensee("MIT"), licensee("Apache-2.0")];
    let package = |license: Option<&str>| Package {
        name: "x".into(),
        version: "1.0.0".into(),
        license: license.map(str::to_owned),
    };
    assert_eq!(refusal(&package(Some("MIT OR GPL-3.0-only")), &allowed), None);
    assert_eq!(refusal(&package(Some("MIT/Apache-2.0")), &allowed), None);
    assert!(refusal(&package(Some("MIT AND GPL-3.0-only")), &allowed).is_some());
    assert!(refusal(&package(Some("Apache-2.0 WITH LLVM-exception")), &allowed).is_some());
    assert!(refusal(&package(None), &allowed).is_some());
}

/// Why a package may not be used, if so.
fn refusal(package: &Package, allowed: &[Licensee]) -> Option<String> {
    let Package { name, version, license } = package;
    let Some(license) = license else {
        return Some(format!("{name} {version}: no licence named"));
    };
    let expression = match Expression::parse_mode(license, ParseMode::LAX) {
        Ok(expression) => expression,
        Err(error) => return Some(format!("{name} {version}: {error}")),
    };
    let fits = expression.evaluate(|asked| allowed.iter().any(|licensee| licensee.satisfies(asked)));
    (!fits).then(|| format!("{name} {version}: {license}"))
}

fn licensee(text: &str) -> Licensee {
    Licensee::parse(text).unwrap_or_else(|error| panic!("deny.toml: {error}"))
}

impl Ban {
    fn name(self) -> String {
        match self {
            Ban::Name(name) | Ban::Table { name } => name,
        }
    }
}

fn deny() -> Deny {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/deny.toml");
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    toml::from_str(&text).unwrap_or_else(|error| panic!("deny.toml: {error}"))
}

/// Every package that this platform's build and tests use. Those of other platforms are left to cargo-deny: cargo has
/// their manifests only after a download.
fn packages() -> Vec<Package> {
    let version = Command::new("rustc").arg("-vV").output().unwrap();
    let version = String::from_utf8_lossy(&version.stdout);
    let host = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .expect("rustc names its host");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args([
        "metadata",
        "--format-version",
        "1",
        "--locked",
        "--offline",
        "--filter-platform",
        host,
    ]);
    let output = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(
        output.status.success(),
        "cargo metadata: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Metadata = serde_json::from_slice(&output.stdout).unwrap();
    metadata.packages
}
