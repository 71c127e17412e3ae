//! The search for the cheapest changes that balance a text and agree with its indentation.
//!
//! A beam search over the pieces. A hypothesis is a stack of open brackets, what it has cost so far, and the changes it
//! has made. At each piece every hypothesis may take the piece as it is or change one bracket there; at the first piece
//! of a line it pays when the line's column does not suit the innermost open bracket. Hypotheses with equal stacks have
//! equal futures, so that only the cheapest of them is kept. Stacks are shared nodes in an arena: equal stacks are one
//! number, and no depth of nesting can overflow ours.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};

use breyta_core::lexer::{Bracket, Opener};

use super::{Change, Piece, PieceId, PieceKind};

/// Beyond these the first fault is reported as it is found: no person wrote such a text.
pub(super) const DEPTH_MAX: usize = 512;
pub(super) const PIECES_MAX: usize = 200_000;

/// What a change costs. The differences only break ties: a bracket that fits nothing is rather surplus than one that
/// fits, and an opening bracket is rather there on purpose than not.
const CHANGE: u32 = 100;
const CHANGE_FITTING: u32 = 110;
const REPLACE: u32 = 102;
/// A second missing or surplus bracket at the same place: whoever drops one closing bracket often drops several.
const CHANGE_AGAIN: u32 = 60;

/// What a line costs whose column does not suit the innermost open bracket: right of it but not aligned with anything;
/// left of it; left of the whole line it was opened on; further top-level text, which a flow does not have. Less where
/// it suits, but not as the line before did, or as a list with arguments on its first line does.
const MISALIGNED: u32 = 40;
const LEFT_OF_OPENER: u32 = 45;
const LEFT_OF_LINE: u32 = 80;
const SECOND_AT_TOP: u32 = 60;
const OTHER_COLUMN: u32 = 20;
const UNUSUAL_COLUMN: u32 = 15;
/// What stands in a bracket does not look like it: a list headed by a literal, keys and values in a vector. It decides
/// which of two brackets that do not fit each other is the wrong one.
const UNUSUAL_HEAD: u32 = 3;
/// `((`: one of the two is rather there by mistake than what closes it is missing.
const CALL_OF_CALL: u32 = 12;

/// How much dearer than the cheapest a hypothesis may be: two changes whose reason has yet to show.
const SLACK: u32 = 260;
const BEAM: usize = 32;
/// How many stacks and changes are kept before those that are out of use are dropped.
const ARENA_MAX: usize = 200_000;

type NodeId = u32;
const ROOT: NodeId = 0;
const NO_CHANGES: u32 = 0;

/// An open bracket on the stack below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Node {
    below: NodeId,
    bracket: Option<Bracket>,
    /// None for a bracket that the hypothesis has inserted, and for the root.
    piece: Option<PieceId>,
    column: i32,
    line: u32,
    line_indent: i32,
    /// Columns of the first and second element where they stand on the bracket's own line.
    first: Option<i32>,
    second: Option<i32>,
    /// Elements so far, up to 3.
    elements: u8,
    head: Option<Head>,
    /// The column of the last line begun in this bracket.
    settled: Option<i32>,
}

/// The bottom of every stack: the text itself.
const ROOT_NODE: Node = Node {
    below: ROOT,
    bracket: None,
    piece: None,
    column: -1,
    line: 0,
    line_indent: -1,
    first: None,
    second: None,
    elements: 0,
    head: None,
    settled: None,
};

impl Hash for Node {
    /// Over what tells most nodes apart; the rest is left to equality.
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u32(self.below);
        state.write_usize(self.piece.unwrap_or(usize::MAX));
        state.write_i32(self.column);
        state.write_i32(self.settled.unwrap_or(-1));
        state.write_i32(self.second.unwrap_or(-1));
        state.write_u8(self.bracket.map_or(0, |bracket| bracket as u8 + 1));
        state.write_u8(self.elements);
    }
}

/// A hasher for small numbers from our own tables, where nobody can choose colliding ones. Hashing is most of the
/// work of the search, and the standard hasher is made for other needs.
#[derive(Default)]
struct Mixer(u64);

type Mixed = BuildHasherDefault<Mixer>;

impl Mixer {
    fn mix(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(23) ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

impl Hasher for Mixer {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.mix(u64::from(*byte));
        }
    }

    fn write_u8(&mut self, number: u8) {
        self.mix(u64::from(number));
    }

    fn write_u32(&mut self, number: u32) {
        self.mix(u64::from(number));
    }

    fn write_i32(&mut self, number: i32) {
        self.mix(u64::from(number as u32));
    }

    fn write_usize(&mut self, number: usize) {
        self.mix(number as u64);
    }
}

impl Node {
    /// Whether a line may begin at this column inside the bracket.
    fn suits(&self, column: i32) -> bool {
        let Some(bracket) = self.bracket else { return self.elements == 0 };
        // A bracket that ends its line: its contents are indented by the line, or by the bracket.
        let ends_line = self.elements == 0 && column > self.line_indent;
        let by_bracket = match bracket {
            Bracket::Round => self.second == Some(column) || column == self.column + 2,
            Bracket::Square | Bracket::Curly => false,
        };
        ends_line || by_bracket || column == self.column + 1 || self.first == Some(column)
    }

    /// Arguments of a call whose first one stands beside the name are aligned with it, or two columns in.
    fn is_unusual_column(&self, column: i32) -> bool {
        self.bracket == Some(Bracket::Round)
            && self.head == Some(Head::Symbol)
            && self.second.is_some_and(|second| second != column)
            && column == self.column + 1
    }
}

/// The first element of a bracket, as far as it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Head {
    Symbol,
    Keyword,
    Other,
}

/// The stacks of all hypotheses, each node once.
struct Stacks {
    nodes: Vec<Node>,
    ids: HashMap<Node, NodeId, Mixed>,
}

impl Stacks {
    fn new() -> Self {
        Self { nodes: vec![ROOT_NODE], ids: std::iter::once((ROOT_NODE, ROOT)).collect() }
    }

    fn id(&mut self, node: Node) -> NodeId {
        let next = self.nodes.len() as NodeId;
        let id = *self.ids.entry(node).or_insert(next);
        if id == next {
            self.nodes.push(node);
        }
        id
    }

    #[expect(clippy::indexing_slicing, reason = "a NodeId is handed out by this type only")]
    fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id as usize]
    }
}

/// One way to understand the text up to here.
#[derive(Clone, Copy, Debug)]
struct Hypothesis {
    top: NodeId,
    cost: u32,
    /// The last change and, through it, all before: an index into [`Search::changes`].
    changes: u32,
    /// How far the rest of this line would stand further right, were the changes on it undone.
    shift: i32,
}

struct Search<'a> {
    pieces: &'a [Piece],
    stacks: Stacks,
    /// `(change, index of the one before)`; index 0 stands for none.
    changes: Vec<(Option<Change>, u32)>,
    /// The next generation, the cheapest first where two have the same stack.
    next: Vec<Hypothesis>,
    places: HashMap<(NodeId, i32), usize, Mixed>,
    /// Dearer hypotheses are not worth making.
    limit: u32,
}

/// The changes that balance the pieces most cheaply, in the order of the text.
pub(super) fn repair(pieces: &[Piece]) -> Vec<Change> {
    let mut search = Search {
        pieces,
        stacks: Stacks::new(),
        changes: vec![(None, NO_CHANGES)],
        next: Vec::new(),
        places: HashMap::default(),
        limit: SLACK,
    };
    // Very long texts get a narrower beam, so that the work stays bounded.
    let beam = (3_000_000 / pieces.len().max(1)).clamp(8, BEAM);
    let mut beam_now = vec![Hypothesis { top: ROOT, cost: 0, changes: NO_CHANGES, shift: 0 }];
    let mut line = 0;
    for (id, piece) in pieces.iter().enumerate() {
        let new_line = piece.line != line;
        line = piece.line;
        for mut hypothesis in beam_now {
            if new_line {
                hypothesis.shift = 0;
            }
            search.step(hypothesis, id, piece);
        }
        beam_now = search.take_generation(beam);
        if search.stacks.nodes.len().max(search.changes.len()) > ARENA_MAX {
            search.compact(&mut beam_now);
        }
    }
    search.finish(beam_now)
}

impl Search<'_> {
    /// The cheapest of what has been made for the next piece, in the order in which it was made.
    fn take_generation(&mut self, beam: usize) -> Vec<Hypothesis> {
        self.places.clear();
        let mut generation = std::mem::take(&mut self.next);
        let best = generation.iter().map(|it| it.cost).min().unwrap_or_default();
        self.limit = best + SLACK;
        if generation.len() > beam {
            // Costs are small numbers: count how many cost how much, and cut where the beam is full.
            let mut counts = [0_usize; SLACK as usize + 1];
            for hypothesis in &generation {
                if let Some(count) = counts.get_mut((hypothesis.cost - best) as usize) {
                    *count += 1;
                }
            }
            let mut room = beam;
            let cut = counts.iter().position(|count| {
                let full = *count > room;
                room -= if full { 0 } else { *count };
                full
            });
            let cut = best + cut.map_or(SLACK + 1, |cut| cut as u32);
            generation.retain(|it| {
                let last = it.cost == cut && room > 0;
                room -= usize::from(last);
                it.cost < cut || last
            });
        }
        generation
    }

    /// Forgets the stacks and changes that no hypothesis needs any more; most of what is made is dropped soon.
    fn compact(&mut self, beam: &mut [Hypothesis]) {
        let old_stacks = std::mem::replace(&mut self.stacks, Stacks::new());
        let old_changes = std::mem::replace(&mut self.changes, vec![(None, NO_CHANGES)]);
        let mut moved: HashMap<u32, u32, Mixed> = std::iter::once((NO_CHANGES, NO_CHANGES)).collect();
        for hypothesis in beam {
            let mut nodes = Vec::new();
            let mut at = hypothesis.top;
            while at != ROOT {
                let node = *old_stacks.node(at);
                at = node.below;
                nodes.push(node);
            }
            hypothesis.top =
                nodes.into_iter().rev().fold(ROOT, |below, node| self.stacks.id(Node { below, ..node }));
            let mut chain = Vec::new();
            let mut at = hypothesis.changes;
            while !moved.contains_key(&at) {
                chain.push(at);
                at = old_changes.get(at as usize).map_or(NO_CHANGES, |(_, before)| *before);
            }
            let mut before = moved.get(&at).copied().unwrap_or(NO_CHANGES);
            for old in chain.into_iter().rev() {
                self.changes.push((old_changes.get(old as usize).and_then(|(change, _)| *change), before));
                before = self.changes.len() as u32 - 1;
                moved.insert(old, before);
            }
            hypothesis.changes = before;
        }
    }

    fn keep(&mut self, hypothesis: Hypothesis) {
        // One change may be due at this piece for all of them.
        if hypothesis.cost > self.limit + CHANGE_FITTING {
            return;
        }
        let index = *self.places.entry((hypothesis.top, hypothesis.shift)).or_insert(self.next.len());
        match self.next.get_mut(index) {
            Some(known) if known.cost <= hypothesis.cost => {}
            Some(known) => *known = hypothesis,
            None => self.next.push(hypothesis),
        }
    }

    fn change(&mut self, from: Hypothesis, change: Change, cost: u32) -> Hypothesis {
        self.changes.push((Some(change), from.changes));
        Hypothesis { cost: from.cost + cost, changes: self.changes.len() as u32 - 1, ..from }
    }

    fn last_change(&self, hypothesis: Hypothesis) -> Option<Change> {
        self.changes.get(hypothesis.changes as usize).and_then(|(change, _)| *change)
    }

    fn step(&mut self, from: Hypothesis, id: PieceId, piece: &Piece) {
        if let PieceKind::Close(bracket) = piece.kind {
            return self.close(from, id, bracket);
        }
        if !piece.leads_line {
            return self.element(from, id, piece);
        }
        let mut hypothesis = from;
        loop {
            let (cost, settled) = self.line_cost(hypothesis.top, piece);
            let open = *self.stacks.node(hypothesis.top);
            let here = Hypothesis { top: settled, cost: hypothesis.cost + cost, ..hypothesis };
            self.element(here, id, piece);
            // A closing bracket is missed where the line does not suit what is open.
            if open.bracket.is_none() || (cost == 0 && piece.lead_column > open.column) {
                return;
            }
            hypothesis = self.insert_close(hypothesis, id);
        }
    }

    /// What it costs to begin a line with this piece, and the stack that has taken note of it.
    fn line_cost(&mut self, top: NodeId, piece: &Piece) -> (u32, NodeId) {
        let mut node = *self.stacks.node(top);
        let column = piece.lead_column;
        if node.settled == Some(column) {
            return (0, top);
        }
        let cost = if node.suits(column) {
            let other = if node.settled.is_some() { OTHER_COLUMN } else { 0 };
            let unusual = if node.is_unusual_column(column) { UNUSUAL_COLUMN } else { 0 };
            // The second line of a map begins with a key again.
            let map = node.settled.is_none() && node.elements == 2 && node.head == Some(Head::Keyword);
            let pairs = map && node.bracket != Some(Bracket::Curly) && piece.kind == PieceKind::Keyword;
            other + unusual + if pairs { UNUSUAL_HEAD } else { 0 }
        } else if node.bracket.is_none() {
            SECOND_AT_TOP
        } else if column > node.column {
            MISALIGNED
        } else if column > node.line_indent {
            LEFT_OF_OPENER
        } else {
            LEFT_OF_LINE
        };
        node.settled = Some(column);
        (cost, self.stacks.id(node))
    }

    /// Closes the innermost bracket before the piece.
    fn insert_close(&mut self, from: Hypothesis, before: PieceId) -> Hypothesis {
        let open = *self.stacks.node(from.top);
        let Some(bracket) = open.bracket else { return from };
        let after = before.checked_sub(1);
        let again =
            matches!(self.last_change(from), Some(Change::InsertClose { after: last, .. }) if last == after);
        let cost = if again { CHANGE_AGAIN } else { CHANGE };
        let closed = self.change(from, Change::InsertClose { bracket, opener: open.piece, after }, cost);
        Hypothesis { top: open.below, ..closed }
    }

    fn close(&mut self, from: Hypothesis, id: PieceId, bracket: Bracket) {
        let open = *self.stacks.node(from.top);
        let fits = open.bracket == Some(bracket);
        if fits {
            self.keep(Hypothesis { top: open.below, ..from });
        } else if open.bracket.is_some() {
            let change = Change::ReplaceClose {
                piece: id,
                bracket: open.bracket.unwrap_or(bracket),
                opener: open.piece,
            };
            let replaced = self.change(from, change, REPLACE);
            self.keep(Hypothesis { top: open.below, ..replaced });
        }
        let again =
            matches!(self.last_change(from), Some(Change::DeleteClose { piece, .. }) if piece + 1 == id);
        let cost = match (again, fits) {
            (true, false) => CHANGE_AGAIN,
            (_, true) => CHANGE_FITTING,
            (false, false) => CHANGE,
        };
        let deleted = self.change(from, Change::DeleteClose { piece: id, opener: open.piece, fits }, cost);
        self.keep(Hypothesis { shift: deleted.shift - 1, ..deleted });
        // Or what is open inside the bracket that this one means to close was to be closed before.
        let mut outer = from;
        while self.stacks.node(outer.top).bracket.is_some_and(|open| open != bracket)
            && outer.cost < from.cost + SLACK
        {
            outer = self.insert_close(outer, id);
            let open = *self.stacks.node(outer.top);
            if open.bracket == Some(bracket) {
                self.keep(Hypothesis { top: open.below, ..outer });
            }
        }
    }

    /// Takes an atom or an opening bracket, with and without changes to it.
    fn element(&mut self, from: Hypothesis, id: PieceId, piece: &Piece) {
        let taken = self.count_element(from, piece, piece.lead_column + from.shift);
        let PieceKind::Open(opener) = piece.kind else {
            self.keep(taken);
            return self.insert_open(from, id, piece);
        };
        let column = piece.column + from.shift;
        self.open(taken, opener.bracket(), id, piece, column);
        if from.cost + CHANGE > self.limit {
            return;
        }
        for bracket in Bracket::ALL.into_iter().filter(|bracket| *bracket != opener.bracket()) {
            let replaced = self.change(taken, Change::ReplaceOpen { piece: id, bracket }, REPLACE);
            self.open(replaced, bracket, id, piece, column);
        }
        let deleted = self.change(from, Change::DeleteOpen { piece: id }, CHANGE_FITTING);
        self.keep(Hypothesis { shift: deleted.shift - opener.text().len() as i32, ..deleted });
        self.insert_open(from, id, piece);
    }

    /// Takes the piece as an opening bracket of this kind.
    fn open(&mut self, from: Hypothesis, bracket: Bracket, id: PieceId, piece: &Piece, column: i32) {
        // Contents of `#{` and `#(` are aligned by the bracket, which is the second character.
        let width = if let PieceKind::Open(opener) = piece.kind { opener.text().len() as i32 } else { 1 };
        let opened = self.push(from, bracket, Some(id), piece, column + width - 1);
        self.keep(opened);
    }

    fn push(
        &mut self,
        from: Hypothesis,
        bracket: Bracket,
        id: Option<PieceId>,
        piece: &Piece,
        column: i32,
    ) -> Hypothesis {
        let node = Node {
            below: from.top,
            bracket: Some(bracket),
            piece: id,
            column,
            line: piece.line,
            line_indent: piece.line_indent,
            ..ROOT_NODE
        };
        Hypothesis { top: self.stacks.id(node), ..from }
    }

    /// Inserts an opening bracket where one may have been lost.
    fn insert_open(&mut self, from: Hypothesis, id: PieceId, piece: &Piece) {
        if from.cost + CHANGE > self.limit {
            return;
        }
        let brackets: &[Bracket] = match piece.kind {
            PieceKind::Symbol => &[Bracket::Round, Bracket::Square],
            PieceKind::Keyword => &[Bracket::Curly, Bracket::Square, Bracket::Round],
            PieceKind::Text => &[Bracket::Square, Bracket::Curly],
            PieceKind::Open(_) => &[Bracket::Square, Bracket::Round],
            PieceKind::Other | PieceKind::Close(_) => &[Bracket::Square],
        };
        let sides: &[bool] = if piece.lead == piece.start { &[false] } else { &[false, true] };
        for inside in sides {
            let column = if *inside { piece.column } else { piece.lead_column } + from.shift;
            for bracket in brackets {
                let change = Change::InsertOpen { bracket: *bracket, before: id, inside: *inside };
                let changed = self.change(from, change, CHANGE_FITTING);
                let outer = self.count_element(changed, piece, column);
                let inner = self.push(outer, *bracket, None, piece, column);
                let inner = Hypothesis { shift: inner.shift + 1, ..inner };
                let inner = self.count_element(inner, piece, column + 1);
                match piece.kind {
                    PieceKind::Open(opener) => {
                        self.open(inner, opener.bracket(), id, piece, piece.column + inner.shift);
                    }
                    _ => self.keep(inner),
                }
            }
        }
    }

    /// Takes note of an element of the innermost bracket.
    fn count_element(&mut self, from: Hypothesis, piece: &Piece, column: i32) -> Hypothesis {
        let mut node = *self.stacks.node(from.top);
        if node.elements >= 3 {
            return from;
        }
        let mut cost = 0;
        if node.elements == 0 {
            cost = unusual_head_cost(node.bracket, piece.kind);
            node.head = Some(match piece.kind {
                PieceKind::Symbol => Head::Symbol,
                PieceKind::Keyword => Head::Keyword,
                _ => Head::Other,
            });
        }
        match node.elements {
            0 if node.line == piece.line && node.bracket.is_some() => node.first = Some(column),
            1 if node.line == piece.line => node.second = Some(column),
            _ => {}
        }
        node.elements += 1;
        Hypothesis { top: self.stacks.id(node), cost: from.cost + cost, ..from }
    }

    /// Closes what is open at the end and gives the changes of the cheapest hypothesis.
    fn finish(mut self, beam: Vec<Hypothesis>) -> Vec<Change> {
        let mut best: Option<Hypothesis> = None;
        for mut hypothesis in beam {
            while self.stacks.node(hypothesis.top).bracket.is_some() {
                hypothesis = self.insert_close(hypothesis, self.pieces.len());
            }
            if best.is_none_or(|best| hypothesis.cost < best.cost) {
                best = Some(hypothesis);
            }
        }
        let mut at = best.map_or(NO_CHANGES, |best| best.changes);
        let mut changes = Vec::new();
        while let Some((Some(change), before)) = self.changes.get(at as usize) {
            changes.push(*change);
            at = *before;
        }
        changes.reverse();
        changes
    }
}

/// More than nothing where a bracket of this kind rarely begins with such a thing.
fn unusual_head_cost(bracket: Option<Bracket>, head: PieceKind) -> u32 {
    match (bracket, head) {
        (Some(Bracket::Round), PieceKind::Open(Opener::List)) => CALL_OF_CALL,
        (Some(Bracket::Round), PieceKind::Text | PieceKind::Other | PieceKind::Open(Opener::Map)) => {
            UNUSUAL_HEAD
        }
        (Some(Bracket::Curly), PieceKind::Symbol | PieceKind::Open(_)) => UNUSUAL_HEAD,
        _ => 0,
    }
}
