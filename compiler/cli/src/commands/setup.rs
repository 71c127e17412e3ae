//! `breytac setup`: the compiled runtime ahead of time. Everything works offline after it.

use serde_json::{Value, json};

use crate::args::Setup;
use crate::cache::{self, Features, Variant};
use crate::report::{self, Failure, Format};
use crate::sources::shown;
use crate::toolchain;

pub(super) fn run(arguments: &Setup) -> Result<u8, Failure> {
    let variants: &[Variant] = match (arguments.draft, arguments.release) {
        (true, _) => &[Variant::Fast],
        (_, true) => &[Variant::Small],
        _ => &[Variant::Fast, Variant::Small],
    };
    let features = Features { otel: arguments.otlp };
    let toolchain = toolchain::find()?;
    let mut done: Vec<Value> = Vec::new();
    for variant in variants {
        let runtime = cache::runtime(&toolchain, *variant, features)?;
        let folder = runtime.dependencies.parent().map(shown).unwrap_or_default();
        let seconds = runtime.built_in.map(|time| time.as_secs_f64());
        let name = cache::name(*variant, features);
        if arguments.format == Format::Human {
            let how = seconds.map_or("was there".to_owned(), |it| format!("compiled in {it:.0} s"));
            report::out(&format!("{name}  {how}  {folder}\n"));
        }
        done.push(json!({
            "variant": name,
            "path": folder,
            "cached": seconds.is_none(),
            "seconds": seconds.map(|it| (it * 1000.0).round() / 1000.0),
        }));
    }
    if arguments.format == Format::Json {
        report::success(
            json!({ "toolchain": toolchain.release, "target": toolchain.host, "runtimes": done }),
            "setup",
        );
    }
    Ok(0)
}
