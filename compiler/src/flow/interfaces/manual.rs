//! The manual interface: a run button with a form, and `run` on the command line.

use breyta_catalog::fields::MANUAL;

use super::{Common, Context, required_id};
use crate::diagnostics::{Code, Problems};
use crate::flow::ManualInterface;
use crate::flow::entry::{Entry, Path};
use crate::syntax::Form;

pub(super) fn define(
    form: &Form,
    path: Path,
    context: Context,
    problems: &mut Problems,
) -> Option<ManualInterface> {
    let entry = Entry::open(form, path, &MANUAL, Code::INVALID_INTERFACE_SHAPE, problems)?;
    let id = required_id(&entry, ":run", problems);
    let Common { id, invocation, label, description, enabled } = Common::read(&entry, id, context, problems)?;
    Some(ManualInterface { span: form.span, id, label, description, invocation, enabled })
}
