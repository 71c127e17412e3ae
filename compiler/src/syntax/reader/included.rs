//! Forms of other files: `#flow/include`.

use std::collections::BTreeMap;

use breyta_core::lexer::Token;
use breyta_core::{Text, Value};

use super::{NESTING_MAX, Place, Reader, read_text};
use crate::diagnostics::{Code, Diagnostic};
use crate::source::{FileId, IncludeError, Sources, Span, Target};
use crate::syntax::{Form, FormKind, include, print};

/// An include whose file nobody has looked for: bytes `start..end` of its file.
pub(in crate::syntax) struct Wanted {
    pub(in crate::syntax) start: u32,
    pub(in crate::syntax) end: u32,
    /// As written, escapes resolved.
    pub(in crate::syntax) path: String,
}

/// The includes of a file that nobody has looked for; none when the file cannot be read.
pub(in crate::syntax) fn wanted(sources: &Sources, file: FileId) -> Vec<Wanted> {
    read_text(&sources.file(file).text, &Place::file(sources, file), &Forms::none()).wanted
}

/// What all included files read to.
pub(super) struct Forms(BTreeMap<FileId, Included>);

struct Included {
    /// The one form of the file; else what is wrong with how many there are. Neither when the file has errors.
    form: Option<Result<Form, Box<Diagnostic>>>,
    depth: usize,
    bytes: usize,
}

impl Forms {
    /// For a text that includes nothing.
    pub(super) fn none() -> Self {
        Self(BTreeMap::new())
    }

    /// Reads every included file once, those first that others include: no stack grows with the nesting of files.
    pub(super) fn of(sources: &Sources, problems: &mut Vec<Diagnostic>) -> Self {
        let mut forms = Self::none();
        for file in sources.included() {
            let text = &sources.file(*file).text;
            let output = read_text(text, &Place::file(sources, *file), &forms);
            let broken = !output.problems.is_empty();
            problems.extend(output.problems);
            let form = (!broken).then(|| only(output.forms, sources, *file));
            forms.0.insert(*file, Included { form, depth: output.depth, bytes: output.bytes });
        }
        forms
    }
}

/// What takes the place of an include is one form.
fn only(mut forms: Vec<Form>, sources: &Sources, file: FileId) -> Result<Form, Box<Diagnostic>> {
    let name = &sources.file(file).name;
    if let [_, second, ..] = forms.as_slice() {
        let message = format!("{name} is included and holds more than one form");
        let problem = Diagnostic::new(Code::FLOW_INCLUDE_INVALID, second.span, message)
            .label("the second form")
            .help("put the forms into a vector or map, or into a file each");
        return Err(Box::new(problem));
    }
    let end = Span::new(file, 0, 0);
    forms.pop().ok_or_else(|| {
        let message = format!("{name} is included and holds no form");
        Box::new(
            Diagnostic::new(Code::FLOW_INCLUDE_INVALID, end, message)
                .help("an included file holds exactly one form"),
        )
    })
}

impl Reader<'_> {
    /// The form that an include stands for; nil in its place when there is none.
    pub(super) fn include(&mut self, token: Token, operand: &Form) -> Form {
        let span = self.span(token).to(operand.span);
        let nothing = Form::new(FormKind::Atom(Value::Nil), span);
        if self.unused > 0 {
            return nothing;
        }
        match self.included_form(operand, span) {
            Ok(Some(form)) => form,
            Ok(None) => nothing,
            Err(problem) => {
                self.report(*problem);
                nothing
            }
        }
    }

    /// None when the included file has errors, which are reported where they stand.
    fn included_form(&mut self, operand: &Form, span: Span) -> Result<Option<Form>, Box<Diagnostic>> {
        let invalid = |message: &str, span: Span| Diagnostic::new(Code::FLOW_INCLUDE_INVALID, span, message);
        let Some(path) = operand.as_string().map(Text::as_str).filter(|_| operand.meta.is_empty()) else {
            let problem = invalid("`#flow/include` takes the path of a file as a string", operand.span)
                .label(format!("this is {}", operand.describe()))
                .help("write `#flow/include \"path/to/file.edn\"`, the path relative to this file");
            return Err(Box::new(problem));
        };
        let Some(file) = self.place.whole_file() else {
            let problem = invalid("`#flow/include` cannot stand inside a string of code", span)
                .help("write the code as a quoted form, or include the whole string");
            return Err(Box::new(problem));
        };
        let place = self.place;
        let Some(known) = place.sources().include(file, span.start) else {
            self.output.wanted.push(Wanted { start: span.start, end: span.end, path: path.to_owned() });
            let shown = print::summary(operand, 60);
            let problem = invalid(&format!("nothing can be included here: {shown} was not brought"), span)
                .label("asks for another file")
                .help("compile the flow from its file, or write the text of the included file here");
            return Err(Box::new(problem));
        };
        let refused = |error: &IncludeError| {
            let mut problem = invalid(&error.message, operand.span);
            problem.help.clone_from(&error.help);
            Box::new(problem)
        };
        let target = match &known.target {
            Target::Refused(error) => return Err(refused(error)),
            Target::File(target) => *target,
        };
        let included = self.included;
        let Some(inner) = included.0.get(&target) else { return Ok(None) };
        if self.depth + inner.depth > NESTING_MAX {
            let message = format!("with this file, forms are nested deeper than {NESTING_MAX} levels");
            return Err(Box::new(invalid(&message, span)));
        }
        if self.output.bytes.saturating_add(inner.bytes) > include::BYTES_MAX {
            // All files around are too large as well; the innermost says it, once.
            let told = inner.bytes == usize::MAX || self.output.bytes == usize::MAX;
            self.output.bytes = usize::MAX;
            return if told { Ok(None) } else { Err(refused(&include::too_large())) };
        }
        self.output.bytes += inner.bytes;
        self.output.depth = self.output.depth.max(self.depth + inner.depth);
        match &inner.form {
            Some(Ok(form)) => Ok(Some(form.clone())),
            Some(Err(problem)) => Err(Box::new(Diagnostic::clone(problem).also(span, "included here"))),
            None => Ok(None),
        }
    }
}
