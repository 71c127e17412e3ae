//! The tables of step families are consistent in themselves.

use breyta_catalog::families::{ALL, NAMES};
use breyta_catalog::helpers::{CALL_FLOW_OPTIONS, POLL};
use breyta_catalog::limits::LIMITS;
use breyta_catalog::limits::platform::{Kept, PLATFORM};
use breyta_catalog::values::{ConfigKey, KeyType, Shape};
use breyta_catalog::{controls, families};
use breyta_tests::fixture;

/// Looks at a shape and at everything inside it.
struct Look {
    failures: Vec<String>,
    depth: usize,
}

impl Look {
    fn shape(&mut self, shape: &Shape) {
        // Shapes do not contain themselves.
        assert!(self.depth < 20, "{} is nested without end", shape.what);
        self.depth += 1;
        let mut seen: Vec<&str> = Vec::new();
        for key in shape.common() {
            self.key(shape, key, &mut seen);
        }
        let known = |name: &&str| shape.common().any(|key| key.name == *name);
        self.groups(shape.what, &[shape.any_of, shape.exclusive, shape.first_wins], &known);
        if let Some(variants) = shape.variants {
            if let Some(default) = variants.default
                && variants.case(default).is_none()
            {
                self.failures.push(format!("{}: no case {default}", shape.what));
            }
            for case in variants.cases {
                let mut seen = seen.clone();
                for key in case.keys {
                    self.key(shape, key, &mut seen);
                }
                let known = |name: &&str| known(name) || case.key(name).is_some();
                self.groups(case.name, &[case.any_of, case.exclusive], &known);
                self.sentence(shape.what, case.doc);
            }
        }
        self.depth -= 1;
    }

    fn groups(&mut self, what: &str, groups: &[&[&[&str]]], known: &dyn Fn(&&str) -> bool) {
        for name in groups.iter().copied().flatten().copied().flatten().filter(|name| !known(name)) {
            self.failures.push(format!("{what}: a group names :{name}, which is no key"));
        }
    }

    fn key<'k>(&mut self, shape: &Shape, key: &'k ConfigKey, seen: &mut Vec<&'k str>) {
        if seen.contains(&key.name) {
            self.failures.push(format!("{}: :{} twice", shape.what, key.name));
        }
        seen.push(key.name);
        self.sentence(shape.what, key.doc);
        if let Some(new) = key.renamed
            && shape.all().all(|other| other.name != new)
        {
            self.failures
                .push(format!("{}: :{} is renamed to :{new}, which is no key", shape.what, key.name));
        }
        self.value(key.ty);
    }

    fn value(&mut self, ty: KeyType) {
        match ty {
            KeyType::Shape(shape) => self.shape(shape),
            KeyType::VectorOf(item)
            | KeyType::UpTo(_, item)
            | KeyType::SetOf(item)
            | KeyType::MapOf(item) => {
                self.value(*item);
            }
            KeyType::Either(types) | KeyType::Tuple(types) => {
                for ty in types {
                    self.value(*ty);
                }
            }
            _ => {}
        }
    }

    fn sentence(&mut self, what: &str, doc: &str) {
        let ends = doc.ends_with(['.', '?', '…']) || doc.ends_with("`:high` …");
        if doc.is_empty() || !ends {
            self.failures.push(format!("{what}: no sentence: {doc}"));
        }
    }
}

#[test]
fn shapes_are_consistent() {
    let mut look = Look { failures: Vec::new(), depth: 0 };
    for family in ALL {
        look.shape(&family.config);
        look.sentence(family.name, family.doc);
    }
    for key in controls::CONTROLS {
        look.value(key.ty);
    }
    look.shape(&POLL);
    look.shape(&CALL_FLOW_OPTIONS);
    fixture::assert_none(&look.failures);
}

#[test]
fn names_are_those_of_the_families() {
    assert_eq!(ALL.iter().map(|family| family.name).collect::<Vec<_>>(), NAMES);
    assert_eq!(families::find("code").map(|family| family.name), Some("function"));
}

#[test]
fn effects_are_those_of_the_families() {
    for family in ALL {
        assert_eq!(families::effect(family.name), Some(family.effect), "{}", family.name);
    }
    assert_eq!(families::effect("code"), Some(families::FUNCTION.effect));
}

/// A limit that waits for a family must be looked at again when the family is carried out.
#[test]
fn limits_of_the_platform_are_kept_as_it_is_said() {
    let mut failures = Vec::new();
    for limit in PLATFORM {
        let holds = match limit.kept {
            Kept::By(name) => LIMITS.iter().any(|row| row.name == name),
            Kept::With(family) => families::find(family).is_some_and(|family| !family.runs),
            Kept::Checked(_) | Kept::Refused(_) => true,
        };
        if !holds {
            failures.push(format!("{}: {:?}", limit.what, limit.kept));
        }
    }
    fixture::assert_none(&failures);
}
