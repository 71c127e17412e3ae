//! A case lived under a seed: process after process, each dies somewhere, until one is let live to the end.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use breyta_engine::conformance::dying::{Death, Dying};
use breyta_engine::driver::Engine;
use breyta_engine::limits::Limits;
use breyta_engine::service::{Happened, Listener, Options, Service};
use breyta_engine::store::{RunFilter, Store};
use breyta_engine::world::World;

use super::harness::Files;
use super::outside::{self, Outside, lock};
use super::plan::{Planned, Sent};
use super::{Case, Harness, Kind, Plan, Plant, Random, story};
use crate::effects;

/// So many processes may live; the last ones do not die.
const LIVES_MAX: u64 = 10;
const LIVES_THAT_LAST: u64 = 2;

/// Bounds one process.
const TURNS_MAX: usize = 2_000;

/// What outlives the processes.
struct Life<'a> {
    case: &'a Case,
    plan: &'a Plan,
    random: Random,
    harness: Harness,
    clock: i64,
    acknowledged: bool,
    /// Which signals of the plan were left.
    left: Vec<bool>,
}

/// Lives a case under a seed. The error says what did not hold.
pub fn live(case: &Case, plan: &Plan, seed: u64, kind: Kind, plant: Option<Plant>) -> Result<(), String> {
    let mut life = Life {
        case,
        plan,
        random: Random::new(seed),
        harness: Harness::new(kind, case.program.slug()),
        clock: outside::BEGIN_MS,
        acknowledged: false,
        left: vec![false; plan.signals.len()],
    };
    for number in 0..LIVES_MAX {
        if life.process(number < LIVES_MAX - LIVES_THAT_LAST, plant)? {
            return life.compare();
        }
    }
    Err("the last process did not carry everything on to its end".to_owned())
}

impl Life<'_> {
    /// One process; true when everything has ended.
    fn process(&mut self, dies: bool, plant: Option<Plant>) -> Result<bool, String> {
        let store = self.harness.store();
        let completed = effects::all_ended_keys(store.as_ref());
        let dies_at = if dies { 1 + self.random.below(self.plan.commits + 1) } else { u64::MAX };
        let death = match self.random.below(5) {
            0 | 1 => Death::Before,
            2 | 3 => Death::After,
            _ => Death::Held,
        };
        let dying =
            Arc::new(Dying::at(Arc::clone(&store), dies_at, death).taking_turns(self.random.number()));
        let seen = plant.map_or_else(|| Arc::clone(&dying) as Arc<dyn Store>, |plant| plant(dying.clone()));
        let before: Arc<Mutex<Option<Files>>> = Arc::default();
        let outside = Outside::repeating(self.case, self.plan, store, self.left.clone(), self.clock);
        let outside = outside.taking_turns(self.random.number());
        let outside = Arc::new(match self.harness.path().filter(|_| death == Death::After) {
            Some(path) => {
                let before = Arc::clone(&before);
                outside.watching(dies_at, move || *lock(&before) = Some(Files::read(&path)))
            }
            None => outside,
        });
        let ended = {
            let limits = Limits { cancel_poll_ms: 0, ..Limits::default() };
            let world = Arc::clone(&outside) as Arc<dyn World>;
            let engine = Engine::new(Arc::clone(&self.case.program), seen, world, limits);
            let engine = engine.map_err(|error| error.to_string())?;
            let engine = if self.random.once_in(3) { engine.always_suspending() } else { engine };
            outside::wait(self.lead(Arc::new(engine), &dying, &outside))
        };
        self.clock = outside.now();
        self.left.clone_from(&lock(&outside.left));
        outside.check()?;
        repeated(&lock(&outside.asked), &completed)?;
        drop(outside);
        if dying.left() > 0 {
            return ended;
        }
        self.clock -= self.random.below(500) as i64;
        self.end_of_process(&dying, lock(&before).take())?;
        Ok(false)
    }

    /// The next process begins: from what a dead one left, or although the old one lives and does not know.
    fn end_of_process(&mut self, dying: &Dying, before: Option<Files>) -> Result<(), String> {
        let Some(held) = dying.take_held() else {
            self.harness.crash(before, &mut self.random);
            return Ok(());
        };
        let Some(_old) = self.harness.take_over() else {
            drop(held);
            self.harness.crash(None, &mut self.random);
            return Ok(());
        };
        match outside::wait(held) {
            Err(_) => Ok(()),
            Ok(()) => Err("the commit of a process that another one had replaced was taken".to_owned()),
        }
    }

    /// Carries everything on until the end or the death of the process; true: the end.
    async fn lead(
        &mut self,
        engine: Arc<Engine>,
        dying: &Dying,
        outside: &Arc<Outside>,
    ) -> Result<bool, String> {
        if self.random.once_in(4) {
            self.leave_something(outside);
        }
        let known = outside.store.list_runs(&RunFilter::default()).map_err(|error| error.to_string())?;
        if self.acknowledged && known.is_empty() {
            return Err("an acknowledged start was lost".to_owned());
        }
        if !self.acknowledged {
            match engine.admit(outside::start(self.case)).await {
                Ok(_) => self.acknowledged = true,
                Err(_) if dying.left() == 0 => return Ok(false),
                Err(error) => return Err(error.to_string()),
            }
        }
        let failures: Arc<Mutex<Vec<String>>> = Arc::default();
        let mut driving = Driving::new(&mut self.random, engine, &failures);
        for _ in 0..TURNS_MAX {
            let went = driving.carry_on().await;
            if dying.left() == 0 {
                return Ok(false);
            }
            went?;
            if let Some(failure) = lock(&failures).first() {
                return Err(failure.clone());
            }
            if outside::ended(outside.store.as_ref()).is_ok() {
                return Ok(true);
            }
            self.let_time_pass(outside).await?;
        }
        Err(format!("within {TURNS_MAX} turns: {:?}", outside::ended(outside.store.as_ref())))
    }

    /// Everything rests: something comes from outside, perhaps later, or else the next timer is due.
    async fn let_time_pass(&mut self, outside: &Outside) -> Result<(), String> {
        if outside.decide_in_doubt()? {
            return Ok(());
        }
        if !self.due(outside).is_empty() {
            if self.random.once_in(3) {
                outside.sleep_until(outside.now() + self.random.below(20) as i64);
            } else {
                self.leave_something(outside);
            }
            return Ok(());
        }
        match outside.store.next_wake().await.map_err(|error| error.to_string())? {
            Some(wake_ms) => outside.sleep_until(wake_ms),
            None => return outside::ended(outside.store.as_ref()),
        }
        Ok(())
    }

    fn leave_something(&mut self, outside: &Outside) {
        let due = self.due(outside);
        if due.is_empty() {
            return;
        }
        let index = due.get(self.random.below(due.len() as u64) as usize).copied().unwrap_or_default();
        if let Some(planned) = self.plan.signals.get(index) {
            outside.send_planned(index, planned);
        }
    }

    /// The signals that may be left now, by their place in the plan.
    fn due(&self, outside: &Outside) -> Vec<usize> {
        let left = lock(&outside.left);
        let open = self.plan.signals.iter().enumerate().filter(|(index, _)| left.get(*index) == Some(&false));
        let in_turn = open.take(if self.plan.in_order { 1 } else { usize::MAX });
        let due = in_turn.filter(|(_, planned)| is_time(planned, outside) && outside.can_send(&planned.what));
        due.map(|(index, _)| index).collect()
    }

    fn compare(mut self) -> Result<(), String> {
        self.harness.crash(None, &mut self.random);
        let found = story::story(self.harness.store().as_ref())?;
        if found == self.plan.story {
            return Ok(());
        }
        // Which of several failing children ended a fan-out is a race; how the run ended is none.
        let ends = |story: &[String]| story.iter().rev().find(|line| line.starts_with("run root ")).cloned();
        if !self.plan.races.is_empty() && ends(&found) == ends(&self.plan.story) {
            return Ok(());
        }
        let differs = found.iter().zip(&self.plan.story).find(|(found, expected)| found != expected);
        let (found, expected) = differs.map_or_else(
            || (format!("{} lines", found.len()), format!("{} lines", self.plan.story.len())),
            |(found, expected)| (found.clone(), expected.clone()),
        );
        Err(format!("it went another way:\n{found}\nin place of\n{expected}"))
    }
}

/// A request to cancel a resting run comes where it came undisturbed.
fn is_time(planned: &Planned, outside: &Outside) -> bool {
    let Sent::Cancel = planned.what else { return true };
    planned.at.is_some() && outside.rests_at() == planned.at
}

fn repeated(asked: &[String], completed: &BTreeSet<String>) -> Result<(), String> {
    match asked.iter().find(|key| completed.contains(*key)) {
        Some(key) => Err(format!("the completed effect {key} was done again")),
        None => Ok(()),
    }
}

/// Runs are carried on one by one, or by a service.
enum Driving {
    ByHand(Arc<Engine>),
    Service(Box<Service>),
}

impl Driving {
    fn new(random: &mut Random, engine: Arc<Engine>, failures: &Arc<Mutex<Vec<String>>>) -> Self {
        if random.once_in(2) {
            return Self::ByHand(engine);
        }
        let failures = Arc::clone(failures);
        let listener: Listener = Arc::new(move |happened| {
            if let Happened::Failed { workflow_id, error, .. } = happened {
                lock(&failures).push(format!("{workflow_id} could not be carried on: {error}"));
            }
        });
        Self::Service(Box::new(Service::new(engine, Options { look_ms: 0, ..Options::default() }, listener)))
    }

    async fn carry_on(&mut self) -> Result<(), String> {
        match self {
            Self::Service(service) => service.settle().await.map_err(|error| error.to_string()),
            Self::ByHand(engine) => loop {
                let ready = engine.ready().await.map_err(|error| error.to_string())?;
                if ready.is_empty() {
                    return Ok(());
                }
                for run in ready {
                    engine.advance(&run.to_string()).await.map_err(|error| error.to_string())?;
                }
            },
        }
    }
}
