//! A flow of steps in a row, made of families and configs: the smallest flow with the steps that a test is about. Its
//! result holds what each step gave.

use std::sync::Arc;

use breyta_core::{Budget, Map, Thrown, Value, Vector};

use super::sample;
use crate::frame::Frame;
use crate::machine::{Action, Machine, Origin, Outcome, Program, Slot, State, StateIndex, StepCall};

const ORIGIN: Origin = Origin { file: "line.edn", line: 1, form: "(do …" };

/// One step of the row.
#[derive(Clone, Debug)]
pub struct Link {
    pub point: &'static str,
    pub family: &'static str,
    pub config: Map,
}

/// The flow.
pub struct Line {
    slug: &'static str,
    links: Vec<Link>,
    machine: Machine,
    children: Vec<Arc<dyn Program>>,
}

impl Line {
    /// What it takes for its tables stays taken: a flow is made once in a test.
    pub fn new(links: Vec<Link>) -> Self {
        let mut slots = vec!["input"];
        let mut states =
            vec![State { name: "start", live: &[0], result: Some(0), handler: None, origin: ORIGIN }];
        for (index, link) in links.iter().enumerate() {
            slots.push(link.point);
            let live: Vec<Slot> = (0..=index + 1).collect();
            let (name, result) = (link.point, Some(index + 1));
            states.push(State { name, live: live.leak(), result, handler: None, origin: ORIGIN });
        }
        let machine = Machine { states: states.leak(), slots: slots.leak() };
        Self { slug: sample::SLUG, links, machine, children: Vec::new() }
    }

    /// Under another name: to be called by one.
    #[must_use]
    pub fn named(mut self, slug: &'static str) -> Self {
        self.slug = slug;
        self
    }

    /// May call another.
    #[must_use]
    pub fn calling(mut self, child: Self) -> Self {
        self.children.push(Arc::new(child));
        self
    }

    /// One step.
    pub fn one(point: &'static str, family: &'static str, config: Map) -> Self {
        Self::new(vec![Link { point, family, config }])
    }
}

impl Program for Line {
    fn slug(&self) -> &'static str {
        self.slug
    }

    fn children(&self) -> Vec<Arc<dyn Program>> {
        self.children.clone()
    }

    fn version(&self) -> &'static str {
        "v1"
    }

    fn machine(&self) -> &Machine {
        &self.machine
    }

    fn enter(&self, state: StateIndex, frame: &mut Frame, _: Outcome) -> Result<Action, Thrown> {
        let Some(Link { point, family, config }) = self.links.get(state) else {
            let given: Vector = (1..=self.links.len()).map(|slot| frame.get(slot)).collect();
            return Ok(Action::Done(Value::Vector(given)));
        };
        let config = Value::Map(config.clone());
        Ok(Action::Step(StepCall { point, family, step: point, config, next: state + 1, handler: None }))
    }

    fn call(&self, _: &str, _: &mut Budget, _: &mut [Value]) -> Option<Result<Value, Thrown>> {
        None
    }
}
