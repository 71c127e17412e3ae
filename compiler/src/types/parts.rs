//! Parts of types: what is in a collection, what is left when nil is ruled out, whether one type can fit another.

use super::lattice::{Record, Type};

/// How large a type may get; beyond that only its outline is kept.
const SIZE_MAX: usize = 600;

/// A definite mismatch inside two types: where, what is there, what is wanted.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Mismatch {
    /// Keys from the top.
    pub(super) path: Vec<String>,
    pub(super) found: Type,
    pub(super) wanted: Type,
}

impl Type {
    /// The alternatives of a union, or the type itself.
    pub(super) fn members(&self) -> &[Type] {
        match self {
            Type::Union(members) => members,
            single => std::slice::from_ref(single),
        }
    }

    /// The type of all members that `keep` holds for; None when there are none.
    pub(super) fn filtered(&self, keep: impl Fn(&Type) -> bool) -> Option<Type> {
        self.members().iter().filter(|member| keep(member)).cloned().reduce(Type::union)
    }

    /// Without nil; [`Type::Any`] when nothing else is possible.
    pub(super) fn without_nil(&self) -> Type {
        self.filtered(|member| *member != Type::Nil).unwrap_or(Type::Any)
    }

    pub(super) fn or_nil(self) -> Type {
        Type::union(Type::Nil, self)
    }

    /// The type of the elements that `seq` gives. None when there never are any.
    pub(super) fn element(&self) -> Option<Type> {
        let mut all: Option<Type> = None;
        for member in self.members() {
            let of = match member {
                Type::Vector(of) | Type::List(of) | Type::Set(of) => (**of).clone(),
                Type::String => Type::Char,
                Type::Nil => continue,
                _ => return Some(Type::Any),
            };
            all = Some(all.map_or_else(|| of.clone(), |before| Type::union(before, of.clone())));
        }
        all
    }

    /// Whether no value of this type is nil or false.
    pub(super) fn is_always_true(&self) -> bool {
        self.members()
            .iter()
            .all(|member| !matches!(member, Type::Any | Type::Never | Type::Nil | Type::Boolean))
    }

    /// Cut down to its outline when it has grown too large. Keeps inference linear.
    pub(super) fn bounded(self) -> Type {
        let mut left = SIZE_MAX;
        if self.fits_in(&mut left) { self } else { self.outline() }
    }

    fn fits_in(&self, left: &mut usize) -> bool {
        if *left == 0 {
            return false;
        }
        *left -= 1;
        match self {
            Type::Vector(of) | Type::List(of) | Type::Set(of) | Type::MapOf(of) => of.fits_in(left),
            Type::Map(record) => record.fields.iter().all(|(_, of)| of.fits_in(left)),
            Type::Union(members) => members.iter().all(|member| member.fits_in(left)),
            _ => true,
        }
    }

    /// The keys of its records, and nothing below them.
    fn outline(self) -> Type {
        match self {
            Type::Vector(_) => Type::Vector(Box::new(Type::Any)),
            Type::List(_) => Type::List(Box::new(Type::Any)),
            Type::Set(_) => Type::Set(Box::new(Type::Any)),
            Type::MapOf(_) => Type::MapOf(Box::new(Type::Any)),
            Type::Map(record) if record.fields.len() < SIZE_MAX / 2 => Type::Map(Record {
                fields: record.fields.into_iter().map(|(name, of)| (name, of.shallow())).collect(),
                open: record.open,
            }),
            Type::Map(_) => Type::Map(Record::unknown()),
            Type::Union(_) => Type::Any,
            single => single,
        }
    }

    fn shallow(self) -> Type {
        match self {
            Type::Vector(_) | Type::List(_) | Type::Set(_) | Type::MapOf(_) => self.outline(),
            Type::Map(_) => Type::Map(Record::unknown()),
            Type::Union(_) => Type::Any,
            single => single,
        }
    }

    /// Whether some value may be of both types. False is certain.
    pub(super) fn overlaps(&self, other: &Type) -> bool {
        self.members().iter().any(|one| other.members().iter().any(|two| one.overlaps_single(two)))
    }

    fn overlaps_single(&self, other: &Type) -> bool {
        match (self, other) {
            (Type::Any | Type::Never, _) | (_, Type::Any | Type::Never) => true,
            (Type::Keyword(Some(a)), Type::Keyword(Some(b))) => a == b,
            (Type::Keyword(_), Type::Keyword(_)) => true,
            (Type::Number, Type::Integer | Type::Double | Type::Number)
            | (Type::Integer | Type::Double, Type::Number) => true,
            // An empty one is both.
            (Type::Vector(_) | Type::List(_), Type::Vector(_) | Type::List(_))
            | (Type::Set(_), Type::Set(_))
            | (Type::Map(_) | Type::MapOf(_), Type::Map(_) | Type::MapOf(_)) => true,
            (a, b) => a == b,
        }
    }

    /// The first place where no value of this type can be of the wanted one.
    pub(super) fn mismatch(&self, wanted: &Type) -> Option<Mismatch> {
        let found = |path, found: &Type, wanted: &Type| {
            Some(Mismatch { path, found: found.clone(), wanted: wanted.clone() })
        };
        if matches!(self, Type::Any | Type::Never) || matches!(wanted, Type::Any) {
            return None;
        }
        if self.members().len() > 1 || wanted.members().len() > 1 {
            let some_fit = self
                .members()
                .iter()
                .any(|one| wanted.members().iter().any(|other| one.mismatch(other).is_none()));
            if some_fit {
                return None;
            }
            // The nearest alternative says more than the union.
            let inside = self.members().iter().find_map(|one| {
                wanted.members().iter().find_map(|other| one.mismatch(other).filter(|it| !it.path.is_empty()))
            });
            return inside.or_else(|| found(Vec::new(), self, wanted));
        }
        match (self, wanted) {
            (Type::Map(have), Type::Map(want)) => have.mismatch(want),
            (Type::Map(have), Type::MapOf(want)) => {
                have.fields.iter().find_map(|(name, of)| of.mismatch(want).map(|inside| inside.below(name)))
            }
            (Type::Vector(_), Type::Vector(_)) => None,
            (a, b) if a.overlaps(b) && !matches!((a, b), (Type::List(_), Type::Vector(_))) => None,
            (a, b) => found(Vec::new(), a, b),
        }
    }
}

impl Record {
    fn mismatch(&self, wanted: &Record) -> Option<Mismatch> {
        for (name, want) in &wanted.fields {
            match self.get(name) {
                Some(have) => {
                    if let Some(inside) = have.mismatch(want) {
                        return Some(inside.below(name));
                    }
                }
                // A key that may be absent has nil among its types.
                None if !self.open && !Type::Nil.overlaps(want) => {
                    return Some(Mismatch {
                        path: vec![name.clone()],
                        found: Type::Nil,
                        wanted: want.clone(),
                    });
                }
                None => {}
            }
        }
        None
    }

    /// The record with a field set.
    pub(super) fn with(mut self, name: &str, of: Type) -> Self {
        match self.fields.iter_mut().find(|(field, _)| field == name) {
            Some((_, place)) => *place = of,
            None => self.fields.push((name.to_owned(), of)),
        }
        self
    }
}

impl Mismatch {
    fn below(mut self, name: &str) -> Self {
        self.path.insert(0, name.to_owned());
        self
    }

    /// The path as written: `:user :name`.
    pub(super) fn at(&self) -> String {
        self.path.iter().map(|name| format!(":{name}")).collect::<Vec<_>>().join(" ")
    }
}
