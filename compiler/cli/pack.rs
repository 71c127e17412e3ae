//! Packs the runtime's sources into a workspace of their own: the one that breytac carries, builds its cache from and
//! writes beside emitted crates.
//!
//! The folder `runtime/` becomes the root: its manifest is both the package `breyta-runtime` and the workspace. What
//! only our own checkout needs (lints, tests, dependencies of the compiler) is left out, so that the pack changes only
//! when the runtime does. Used by breytac's build script and by `cargo xtask lock`; does not know cargo's lock format.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use toml::{Table, Value};

/// Path with `/` separators to text.
pub(crate) type Pack = BTreeMap<String, String>;

/// The members' folder in the checkout.
const FOLDER: &str = "runtime";

/// Packs the runtime of the checkout at `root`, without a lock file.
pub(crate) fn pack(root: &Path) -> Result<Pack, String> {
    let manifest = read_table(&root.join("Cargo.toml"))?;
    let workspace = table(&manifest, "workspace")?;
    let mut members = Vec::new();
    let mut used = Vec::new();
    let mut pack = Pack::new();
    for member in
        workspace.get("members").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
    {
        let inner = match member.strip_prefix(FOLDER) {
            Some("") => "",
            Some(rest) if rest.starts_with('/') => &rest[1..],
            _ => continue,
        };
        let folder = root.join(member);
        let mut manifest = read_table(&folder.join("Cargo.toml"))?;
        reduce_member(&mut manifest);
        used.extend(dependencies_of(&manifest));
        let prefix = if inner.is_empty() { String::new() } else { format!("{inner}/") };
        if !inner.is_empty() {
            members.push(Value::from(inner));
        }
        pack.insert(format!("{prefix}Cargo.toml"), print(&manifest));
        collect(&folder, &prefix, &mut pack)?;
    }
    let reduced = reduce_workspace(workspace, members, &used)?;
    let Some(root_manifest) = pack.get_mut("Cargo.toml") else {
        return Err(format!("the workspace has no member `{FOLDER}`"));
    };
    let mut manifest: Table =
        root_manifest.parse().map_err(|error| format!("{FOLDER}/Cargo.toml: {error}"))?;
    manifest.insert("workspace".to_owned(), Value::Table(reduced));
    *root_manifest = print(&manifest);
    Ok(pack)
}

/// Drops what a dependency's manifest does not need.
fn reduce_member(manifest: &mut Table) {
    for key in ["lints", "dev-dependencies", "test", "bench", "example"] {
        manifest.remove(key);
    }
}

/// Names of all dependencies, build dependencies included.
fn dependencies_of(manifest: &Table) -> Vec<String> {
    ["dependencies", "build-dependencies"]
        .into_iter()
        .filter_map(|key| manifest.get(key).and_then(Value::as_table))
        .flat_map(|table| table.keys().cloned())
        .collect()
}

/// The `[workspace]` table: these members, the dependencies they use, with paths relative to the new root.
fn reduce_workspace(workspace: &Table, members: Vec<Value>, used: &[String]) -> Result<Table, String> {
    let mut dependencies = Table::new();
    for (name, dependency) in table(workspace, "dependencies")? {
        if !used.contains(name) {
            continue;
        }
        let mut dependency = dependency.clone();
        if let Some(Value::String(path)) = dependency.get_mut("path") {
            let inner = path.strip_prefix(FOLDER).and_then(|rest| rest.strip_prefix('/'));
            *path = inner.ok_or_else(|| format!("`{name}` lies outside {FOLDER}/"))?.to_owned();
        }
        dependencies.insert(name.clone(), dependency);
    }
    let mut reduced = Table::new();
    for key in ["resolver", "package"] {
        if let Some(value) = workspace.get(key) {
            reduced.insert(key.to_owned(), value.clone());
        }
    }
    reduced.insert("members".to_owned(), Value::Array(members));
    reduced.insert("dependencies".to_owned(), Value::Table(dependencies));
    Ok(reduced)
}

/// The manifest as people write manifests: sections in the usual order, one line per dependency.
fn print(manifest: &Table) -> String {
    const ORDER: &[&str] = &["package", "lib", "features", "dependencies", "build-dependencies", "workspace"];
    let mut text = String::from("# Written by breytac from the runtime's own manifest.\n");
    let others = manifest.keys().map(String::as_str).filter(|key| !ORDER.contains(key));
    for key in ORDER.iter().copied().chain(others) {
        if let Some(Value::Table(table)) = manifest.get(key) {
            print_section(key, table, &mut text);
        }
    }
    text
}

/// Tables of the workspace are sections; all others stand on one line.
fn print_section(name: &str, section: &Table, text: &mut String) {
    *text += &["\n[", name, "]\n"].concat();
    let inner = |value: &Value| name == "workspace" && value.is_table();
    for (key, value) in section.iter().filter(|(_, value)| !inner(value)) {
        *text += &[key.as_str(), " = ", &value.to_string(), "\n"].concat();
    }
    for (key, value) in section {
        if let Value::Table(table) = value
            && inner(value)
        {
            print_section(&format!("{name}.{key}"), table, text);
        }
    }
}

/// What stays at home.
const LEFT_OUT: &[&str] =
    &["Cargo.toml", "clippy.toml", "tests", "tests.rs", "benches", "examples", "target"];

/// Adds all files of a member. Folders with a manifest of their own are other members.
fn collect(folder: &Path, prefix: &str, pack: &mut Pack) -> Result<(), String> {
    let error = |path: &Path, error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    for entry in fs::read_dir(folder).map_err(|it| error(folder, &it))? {
        let entry = entry.map_err(|it| error(folder, &it))?;
        let path = entry.path();
        let name =
            entry.file_name().into_string().map_err(|_| error(&path, &"a file name that is not UTF-8"))?;
        if LEFT_OUT.contains(&name.as_str()) || name.starts_with('.') || path.join("Cargo.toml").exists() {
            continue;
        }
        let inner = format!("{prefix}{name}");
        if path.is_dir() {
            collect(&path, &format!("{inner}/"), pack)?;
        } else {
            pack.insert(inner, fs::read_to_string(&path).map_err(|it| error(&path, &it))?);
        }
    }
    Ok(())
}

fn read_table(path: &Path) -> Result<Table, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    text.parse().map_err(|error| format!("{}: {error}", path.display()))
}

fn table<'a>(parent: &'a Table, key: &str) -> Result<&'a Table, String> {
    parent.get(key).and_then(Value::as_table).ok_or_else(|| format!("no table `{key}`"))
}
