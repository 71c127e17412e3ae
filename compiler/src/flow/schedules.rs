//! `:schedules`: when runs start by themselves.

use std::ops::Range;

use breyta_catalog::fields::SCHEDULE;
use breyta_catalog::timezones;
use breyta_core::cron;

use super::Invocation;
use super::data::plain;
use super::entry::{Entry, Path, later, name_of, near, shown, suggest, unique};
use super::inputs::default_wanted;
use super::invocations::{self, Invocations};
use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::source::{Span, Spanned};
use crate::syntax::{Form, FormKind};

/// An entry of `:schedules`, or a legacy schedule trigger.
#[derive(Clone, Debug)]
pub struct Schedule {
    pub span: Span,
    pub id: Spanned<String>,
    pub label: Option<String>,
    pub invocation: Spanned<String>,
    pub enabled: bool,
    pub when: When,
    /// A name of the IANA database, or an offset. None: UTC.
    pub timezone: Option<Spanned<String>>,
    /// Names of the inputs that every run of it gets.
    pub inputs: Vec<String>,
}

/// When a schedule fires.
#[derive(Clone, Debug)]
pub enum When {
    Cron(Spanned<String>),
    Preset(Spanned<String>),
    /// It is written wrongly, and was reported.
    Unknown,
}

pub(super) fn define(
    items: &[Form],
    invocations: Option<&Invocations>,
    problems: &mut Problems,
) -> Vec<Schedule> {
    let path = Path::root().key("schedules");
    let mut seen = super::entry::Seen::new();
    let mut schedules = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let path = path.index(index);
        if let Some(schedule) = schedule(item, path.clone(), invocations, problems)
            && unique(&schedule.id, Code::DUPLICATE_ID, "schedules", &mut seen, &path.key("id"), problems)
        {
            schedules.push(schedule);
        }
    }
    schedules
}

fn schedule(
    form: &Form,
    path: Path,
    invocations: Option<&Invocations>,
    problems: &mut Problems,
) -> Option<Schedule> {
    let entry = Entry::open(form, path, &SCHEDULE, Code::INVALID_FIELD, problems)?;
    let invocation = entry.get_identifier("invocation");
    if let Some(name) = &invocation {
        let code = Code::UNKNOWN_SCHEDULE_INVOCATION;
        invocations::check_ref(name, code, invocations, &entry.at("invocation"), problems);
    }
    let when = when(&entry, problems);
    let timezone = timezone(&entry, problems);
    let called = invocations
        .zip(invocation.as_ref())
        .and_then(|(invocations, name)| invocations.entries.iter().find(|it| it.id.value == name.value));
    let inputs = inputs(&entry, called, problems);
    let id = entry.get_identifier("id")?;
    problems.refuse(entry.path.of(later(&format!("the schedule `:{}`", id.value), id.span)));
    Some(Schedule {
        span: form.span,
        id,
        label: entry.get_text("label").map(|it| it.value),
        invocation: invocation?,
        enabled: entry.get_boolean("enabled").unwrap_or(true),
        when,
        timezone,
        inputs,
    })
}

/// `:cron` or `:preset`.
fn when(entry: &Entry, problems: &mut Problems) -> When {
    if let Some(both) = entry.get("preset").filter(|_| entry.get("cron").is_some()) {
        let message = "a schedule has `:cron` or `:preset`, not both";
        let diagnostic = Diagnostic::new(Code::INVALID_FIELD, both.span, message).help("keep one of them");
        problems.report(entry.at("preset").of(diagnostic));
    }
    if entry.get("cron").is_some() {
        return cron(entry, problems).map_or(When::Unknown, When::Cron);
    }
    let Some(preset) = entry.get("preset") else {
        let diagnostic = Diagnostic::new(Code::MISSING_KEY, entry.span().first(), "a schedule needs `:cron`")
            .label("nothing says when")
            .help("add `:cron \"0 9 * * MON\"`: minute, hour, day of the month, month, day of the week");
        problems.report(entry.at("cron").of(diagnostic));
        return When::Unknown;
    };
    match name_of(preset) {
        Some(name) => When::Preset(Spanned::new(name.to_owned(), preset.span)),
        None => {
            if preset.as_map().is_none() {
                entry.invalid("preset", "a name such as `:daily`", preset, problems);
            }
            When::Unknown
        }
    }
}

/// The cron text, each mistake at its place in the string.
pub(super) fn cron(entry: &Entry, problems: &mut Problems) -> Option<Spanned<String>> {
    let form = entry.get("cron")?;
    let FormKind::String(literal) = &form.kind else {
        entry.invalid("cron", "a string such as `\"0 9 * * MON\"`", form, problems);
        return None;
    };
    let text = literal.value.as_str();
    if let Err(error) = cron::parse(text) {
        let at = if error.at.is_empty() { form.span } else { inside(form, &error.at) };
        let diagnostic = Diagnostic::new(Code::INVALID_CRON, at, error.message).help(error.help);
        problems.report(entry.at("cron").of(diagnostic));
        return None;
    }
    Some(Spanned::new(text.to_owned(), form.span))
}

/// The place in the file of a range of a string's value.
fn inside(form: &Form, range: &Range<usize>) -> Span {
    let FormKind::String(literal) = &form.kind else { return form.span };
    match literal.in_file(range.start).zip(literal.in_file(range.end)) {
        Some((start, end)) if start < end => Span::new(form.span.file, start, end),
        _ => form.span,
    }
}

/// The name of a zone, or an offset from UTC.
pub(super) fn timezone(entry: &Entry, problems: &mut Problems) -> Option<Spanned<String>> {
    let form = entry.get("timezone")?;
    let Some(text) = form.as_string() else {
        entry.invalid("timezone", "a string such as `\"Europe/Helsinki\"`", form, problems);
        return None;
    };
    if !timezones::is_known(text) && !is_offset(text) {
        let message = format!("there is no time zone {}", shown(form));
        let diagnostic = Diagnostic::new(Code::UNKNOWN_TIME_ZONE, form.span, message);
        // Written in other letters, or the city alone.
        let city = |name: &str| name.rsplit('/').next().is_some_and(|city| city.eq_ignore_ascii_case(text));
        let same = timezones::names().find(|name| name.eq_ignore_ascii_case(text) || city(name));
        let best = same.or_else(|| near(form, timezones::names()).first().copied());
        let diagnostic = match best.filter(|_| text.len() > 2) {
            Some(best) => {
                diagnostic.help(format!("did you mean `\"{best}\"`?")).edit(form.span, format!("\"{best}\""))
            }
            None => diagnostic
                .help("write a name of the IANA database, such as `\"UTC\"` or `\"Europe/Helsinki\"`"),
        };
        problems.report(entry.at("timezone").of(diagnostic));
        return None;
    }
    Some(Spanned::new(text.to_string(), form.span))
}

/// `Z`, `+02:00`, `UTC-5`.
fn is_offset(text: &str) -> bool {
    let rest = ["UTC", "GMT", "UT"].iter().find_map(|prefix| text.strip_prefix(prefix)).unwrap_or(text);
    let Some(digits) = rest.strip_prefix(['+', '-']) else { return text == "Z" };
    let number = |part: &str| part.len() <= 2 && part.parse::<u8>().is_ok();
    match digits.split_once(':') {
        Some((hours, minutes)) => number(hours) && number(minutes),
        None => number(digits) || (digits.len() == 4 && digits.parse::<u16>().is_ok()),
    }
}

/// Inputs that the schedule gives: plain data, of the types that the invocation declares.
fn inputs(entry: &Entry, called: Option<&Invocation>, problems: &mut Problems) -> Vec<String> {
    let path = entry.at("inputs");
    let mut names = Vec::new();
    for (key, value) in entry.get("inputs").and_then(Form::as_map).into_iter().flatten() {
        let below = path.below(key);
        let Some(data) = plain(value, &below, problems) else { continue };
        let Some(name) = name_of(key) else { continue };
        names.push(name.to_owned());
        let declared = called.and_then(|it| it.inputs.iter().find(|input| input.name.value == name));
        let wanted = declared.and_then(|input| default_wanted(&input.kind.value, &data));
        if let Some((input, wanted)) = declared.zip(wanted).filter(|_| !value.is_nil()) {
            let message =
                format!("the input `:{name}` must be {wanted}, for it is of type `:{}`", input.kind.value);
            let diagnostic =
                Diagnostic::new(Code::INVALID_FIELD, value.span, message).also(input.span, "declared here");
            problems.report(below.of(diagnostic));
        }
        let others = called.map(|it| it.inputs.iter().map(|input| input.name.value.as_str()));
        if declared.is_none()
            && let Some(near) = others.map(|others| near(key, others)).filter(|near| !near.is_empty())
        {
            let message = format!("the invocation has no input `{}`", shown(key));
            let diagnostic = Diagnostic::new(Code::UNKNOWN_KEY, key.span, message);
            problems.report(below.of(suggest(diagnostic, key, &near)));
        }
    }
    names
}
