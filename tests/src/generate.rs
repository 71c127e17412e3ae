//! Function bodies that are well typed by construction, for the proof that the checker stays silent about them.
//!
//! Nothing random: a seed gives one program, always the same.

use std::fmt::Write as _;

/// The types of the generator.
#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Int,
    Text,
    Bool,
    Keyword,
    Vector(Box<Kind>),
    Record(Vec<(&'static str, Kind)>),
    /// Nil or something.
    Maybe(Box<Kind>),
}

/// A program: the function, and an input that fits it.
#[derive(Debug)]
pub struct Generated {
    pub function: String,
    pub input: String,
}

/// The program of a seed.
pub fn function(seed: u64) -> Generated {
    let mut generator = Generator { state: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1, names: 0 };
    let fields = generator.fields();
    let mut input = Vec::new();
    for (name, kind) in &fields {
        input.push(format!(":{name} {}", generator.literal(kind, 2)));
    }
    let scope: Vec<(String, Kind)> =
        fields.iter().map(|(name, kind)| ((*name).to_owned(), kind.clone())).collect();
    let names: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
    let result = generator.kind(2);
    let body = generator.expression(&result, &scope, 5);
    Generated {
        function: format!("(fn [{{:keys [{}]}}]\n  {body})", names.join(" ")),
        input: format!("{{{}}}", input.join(" ")),
    }
}

struct Generator {
    state: u64,
    names: usize,
}

impl Generator {
    fn below(&mut self, count: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from(self.state % count as u64).unwrap_or(0)
    }

    fn name(&mut self) -> String {
        self.names += 1;
        format!("v{}", self.names)
    }

    fn kind(&mut self, depth: usize) -> Kind {
        match self.below(if depth == 0 { 4 } else { 7 }) {
            0 => Kind::Int,
            1 => Kind::Text,
            2 => Kind::Bool,
            3 => Kind::Keyword,
            4 => Kind::Vector(Box::new(self.kind(depth - 1))),
            5 => Kind::Record(self.fields_below(depth - 1)),
            _ => Kind::Maybe(Box::new(self.simple())),
        }
    }

    fn simple(&mut self) -> Kind {
        self.kind(0)
    }

    fn fields(&mut self) -> Vec<(&'static str, Kind)> {
        self.fields_below(2)
    }

    fn fields_below(&mut self, depth: usize) -> Vec<(&'static str, Kind)> {
        let names = ["alpha", "beta", "gamma", "delta"];
        let count = 1 + self.below(names.len());
        names.into_iter().take(count).map(|name| (name, self.kind(depth))).collect()
    }

    /// A value as it is written.
    fn literal(&mut self, kind: &Kind, depth: usize) -> String {
        match kind {
            Kind::Int => self.below(100).to_string(),
            Kind::Text => ["\"\"", "\"a\"", "\"some text\""][self.below(3)].to_owned(),
            Kind::Bool => ["true", "false"][self.below(2)].to_owned(),
            Kind::Keyword => [":small", ":large"][self.below(2)].to_owned(),
            Kind::Vector(of) => {
                let count = self.below(depth + 1);
                let items: Vec<String> =
                    (0..count).map(|_| self.literal(of, depth.saturating_sub(1))).collect();
                format!("[{}]", items.join(" "))
            }
            Kind::Record(fields) => {
                let entries: Vec<String> = fields
                    .iter()
                    .map(|(name, of)| format!(":{name} {}", self.literal(of, depth.saturating_sub(1))))
                    .collect();
                format!("{{{}}}", entries.join(" "))
            }
            Kind::Maybe(of) => {
                if self.below(2) == 0 {
                    "nil".to_owned()
                } else {
                    self.literal(of, depth)
                }
            }
        }
    }

    /// An expression of a kind.
    fn expression(&mut self, kind: &Kind, scope: &[(String, Kind)], depth: usize) -> String {
        let fitting: Vec<&String> = scope.iter().filter(|(_, of)| of == kind).map(|(name, _)| name).collect();
        if !fitting.is_empty() && self.below(3) == 0 {
            let at = self.below(fitting.len());
            return fitting.get(at).map_or_else(String::new, |name| (*name).clone());
        }
        if depth == 0 {
            return self.literal(kind, 1);
        }
        match self.below(8) {
            0 => self.branch(kind, scope, depth),
            1 => self.binding(kind, scope, depth),
            2 => self.looked_up(kind, scope, depth),
            3 => self.replaced(kind, scope, depth),
            4 => self.element(kind, scope, depth),
            _ => self.own(kind, scope, depth),
        }
    }

    fn branch(&mut self, kind: &Kind, scope: &[(String, Kind)], depth: usize) -> String {
        let condition = self.expression(&Kind::Bool, scope, depth - 1);
        let (then, otherwise) =
            (self.expression(kind, scope, depth - 1), self.expression(kind, scope, depth - 1));
        // Bound first: what is written as a literal would be a condition that never changes.
        let name = self.name();
        match self.below(3) {
            0 => format!("(let [{name} {condition}] (if {name} {then} {otherwise}))"),
            1 => format!("(let [{name} {condition}] (cond {name} {then} :else {otherwise}))"),
            _ => format!("(let [{name} {condition}] (if-not {name} {then} {otherwise}))"),
        }
    }

    fn binding(&mut self, kind: &Kind, scope: &[(String, Kind)], depth: usize) -> String {
        let (name, of) = (self.name(), self.kind(1));
        let value = self.expression(&of, scope, depth - 1);
        let mut inner = scope.to_vec();
        inner.push((name.clone(), of));
        let body = self.expression(kind, &inner, depth - 1);
        format!("(let [{name} {value}] (do {name} {body}))")
    }

    /// A field of a record, by each way of looking it up.
    fn looked_up(&mut self, kind: &Kind, scope: &[(String, Kind)], depth: usize) -> String {
        let record = Kind::Record(vec![("alpha", self.simple()), ("beta", kind.clone())]);
        let value = self.expression(&record, scope, depth - 1);
        let name = self.name();
        match self.below(4) {
            0 => format!("(:beta {value})"),
            1 => format!("(get-in {{:inner {value}}} [:inner :beta])"),
            2 => format!("(let [{{:keys [beta]}} {value}] beta)"),
            _ => {
                format!("(let [{name} (assoc {value} :gamma 1)] (:beta (select-keys {name} [:beta :gamma])))")
            }
        }
    }

    /// Nothing, or what is put in its place.
    fn replaced(&mut self, kind: &Kind, scope: &[(String, Kind)], depth: usize) -> String {
        let maybe = self.expression(&Kind::Maybe(Box::new(kind.clone())), scope, depth - 1);
        let otherwise = self.expression(kind, scope, depth - 1);
        let name = self.name();
        match self.below(4) {
            0 => format!("(let [{name} {maybe}] (if (nil? {name}) {otherwise} {name}))"),
            1 => format!("(let [{name} {maybe}] (if (some? {name}) {name} {otherwise}))"),
            2 => format!("(if-some [{name} {maybe}] {name} {otherwise})"),
            _ => format!("(let [{name} {maybe}] (cond (nil? {name}) {otherwise} :else {name}))"),
        }
    }

    fn element(&mut self, kind: &Kind, scope: &[(String, Kind)], depth: usize) -> String {
        let value = self.expression(kind, scope, depth - 1);
        let more = self.expression(&Kind::Vector(Box::new(kind.clone())), scope, depth - 1);
        match self.below(4) {
            0 => format!("(first (cons {value} {more}))"),
            1 => format!("(last (conj {more} {value}))"),
            2 => format!("(nth (into [{value}] {more}) 0)"),
            _ => format!("(nth {more} 50 {value})"),
        }
    }

    /// What only values of this kind come from.
    fn own(&mut self, kind: &Kind, scope: &[(String, Kind)], depth: usize) -> String {
        match kind {
            Kind::Int => self.int(scope, depth),
            Kind::Text => self.text(scope, depth),
            Kind::Bool => self.bool(scope, depth),
            Kind::Keyword => {
                let text = self.expression(&Kind::Keyword, scope, depth - 1);
                format!("(keyword (name {text}))")
            }
            Kind::Vector(of) => self.vector(of, scope, depth),
            Kind::Record(fields) => {
                let mut text = String::from("{");
                for (name, of) in fields {
                    let value = self.expression(of, scope, depth - 1);
                    let _ = write!(text, ":{name} {value} ");
                }
                format!("{}}}", text.trim_end())
            }
            Kind::Maybe(of) => {
                let items = self.expression(&Kind::Vector(of.clone()), scope, depth - 1);
                match self.below(3) {
                    0 => format!("(first {items})"),
                    1 => format!("(second {items})"),
                    _ => format!("(get {items} 1)"),
                }
            }
        }
    }

    fn int(&mut self, scope: &[(String, Kind)], depth: usize) -> String {
        let of = self.simple();
        match self.below(5) {
            0 => {
                let (a, b) = (
                    self.expression(&Kind::Int, scope, depth - 1),
                    self.expression(&Kind::Int, scope, depth - 1),
                );
                format!("(+ {a} {b})")
            }
            1 => format!("(inc {})", self.expression(&Kind::Int, scope, depth - 1)),
            2 => format!("(count {})", self.expression(&Kind::Vector(Box::new(of)), scope, depth - 1)),
            3 => {
                let items = self.expression(&Kind::Vector(Box::new(Kind::Int)), scope, depth - 1);
                let (sum, item) = (self.name(), self.name());
                format!("(reduce (fn [{sum} {item}] (+ {sum} {item})) 0 {items})")
            }
            _ => {
                let (left, sum) = (self.name(), self.name());
                let items = self.expression(&Kind::Vector(Box::new(of)), scope, depth - 1);
                format!(
                    "(loop [{left} {items} {sum} 0] (if (seq {left}) (recur (rest {left}) (inc {sum})) {sum}))"
                )
            }
        }
    }

    fn text(&mut self, scope: &[(String, Kind)], depth: usize) -> String {
        match self.below(4) {
            0 => {
                let of = self.kind(1);
                let value = self.expression(&of, scope, depth - 1);
                format!("(str \"v\" {value})")
            }
            1 => format!("(str/upper-case {})", self.expression(&Kind::Text, scope, depth - 1)),
            2 => format!("(name {})", self.expression(&Kind::Keyword, scope, depth - 1)),
            _ => {
                let items = self.expression(&Kind::Vector(Box::new(Kind::Text)), scope, depth - 1);
                format!("(str/join \", \" (map str/trim {items}))")
            }
        }
    }

    fn bool(&mut self, scope: &[(String, Kind)], depth: usize) -> String {
        let of = self.kind(1);
        match self.below(6) {
            0 => {
                let (a, b) = (
                    self.expression(&Kind::Int, scope, depth - 1),
                    self.expression(&Kind::Int, scope, depth - 1),
                );
                format!("(< {a} {b})")
            }
            1 => {
                let (a, b) = (self.expression(&of, scope, depth - 1), self.expression(&of, scope, depth - 1));
                format!("(= {a} {b})")
            }
            2 => format!("(empty? {})", self.expression(&Kind::Vector(Box::new(of)), scope, depth - 1)),
            3 => format!("(not {})", self.expression(&Kind::Bool, scope, depth - 1)),
            4 => {
                let maybe = Kind::Maybe(Box::new(self.simple()));
                format!("(some? {})", self.expression(&maybe, scope, depth - 1))
            }
            _ => {
                let (a, b) = (
                    self.expression(&Kind::Bool, scope, depth - 1),
                    self.expression(&Kind::Bool, scope, depth - 1),
                );
                format!("(boolean (and {a} (or {b} {a})))")
            }
        }
    }

    fn vector(&mut self, of: &Kind, scope: &[(String, Kind)], depth: usize) -> String {
        let (item, from) = (self.name(), self.simple());
        let mut inner = scope.to_vec();
        inner.push((item.clone(), from.clone()));
        let same = Kind::Vector(Box::new(of.clone()));
        match self.below(6) {
            0 | 1 => {
                let items = self.expression(&Kind::Vector(Box::new(from)), scope, depth - 1);
                let body = self.expression(of, &inner, depth - 1);
                format!("(mapv (fn [{item}] (do {item} {body})) {items})")
            }
            2 => {
                let items = self.expression(&same, scope, depth - 1);
                format!("(vec (rest {items}))")
            }
            3 => {
                let (items, value) =
                    (self.expression(&same, scope, depth - 1), self.expression(of, scope, depth - 1));
                format!("(conj {items} {value})")
            }
            4 => {
                let items = self.expression(&Kind::Vector(Box::new(from)), scope, depth - 1);
                let body = self.expression(of, &inner, depth - 1);
                format!("(vec (for [{item} {items}] (do {item} {body})))")
            }
            _ => {
                let items = self.expression(&same, scope, depth - 1);
                format!("(filterv (fn [{item}] (= {item} {item})) {items})")
            }
        }
    }
}
