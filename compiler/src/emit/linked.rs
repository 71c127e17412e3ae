//! The modules of flows that are linked into another one's executable: each a folder of its own below `src`, with its
//! contract and source beside the main flow's.

use super::{COMPILER, Linked, contract};
use crate::codegen::names::snake;
use crate::codegen::{self, Files, Place};
use crate::syntax;

/// A linked flow as a module of the crate.
pub(super) struct Module {
    pub(super) name: String,
    pub(super) files: Files,
}

pub(super) fn modules(children: &[Linked<'_>]) -> Vec<Module> {
    children.iter().map(module).collect()
}

fn module(child: &Linked<'_>) -> Module {
    let slug = &child.definition.slug.value;
    let name = format!("child_{}", snake(slug));
    let place = Place {
        contract: format!("../../assets/{name}/contract.edn"),
        source: format!("../../assets/{name}/flow.edn"),
        children: Vec::new(),
    };
    let generated = codegen::generate(child.sources, child.definition, child.program, &place);
    let mut files = Files::new();
    for (path, text) in generated.files {
        let file = path.strip_prefix("src/").unwrap_or(&path);
        files.insert(format!("src/{name}/{file}"), text);
    }
    let mut head = format!("//! The flow `{slug}`, which is called.\n\n");
    for module in generated.modules {
        head.push_str(if module == "flow" { "pub mod flow;\n" } else { "mod functions;\n" });
    }
    files.insert(format!("src/{name}.rs"), head);
    files.insert(format!("assets/{name}/flow.edn"), syntax::include::expanded(child.sources));
    let points = codegen::points(child.sources, child.program);
    let families = generated.families;
    files.insert(
        format!("assets/{name}/contract.edn"),
        contract(child.definition, &child.program.version, COMPILER, &families, &points),
    );
    Module { name, files }
}
