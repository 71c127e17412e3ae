//! Which requests go into one transaction. Everything that is there; and where the disk takes much longer than the work,
//! also what those who were answered a moment ago ask for next: a short pause then saves them a whole turn of the disk.

use std::collections::VecDeque;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use super::{Request, Write};

/// The most requests of one transaction.
const GROUP_MAX: usize = 1024;

/// The part of the disk's time that may be spent on waiting for more.
const PATIENCE: u32 = 8;

/// What waits to be written and read.
#[derive(Default)]
pub(super) struct Group {
    waiting: VecDeque<Request>,
    /// So many writes are likely to come: those there are, and one of everybody who was just answered.
    expected: usize,
    patience: Duration,
}

impl Group {
    /// The next writes and reads; None when nobody can ask any more.
    pub(super) fn next(&mut self, requests: &mpsc::Receiver<Request>) -> Option<(Vec<Write>, Vec<Request>)> {
        if self.waiting.is_empty() {
            self.waiting.push_back(requests.recv().ok()?);
        }
        let (mut writes, mut reads) = (Vec::new(), Vec::new());
        let mut until = None;
        while writes.len() < GROUP_MAX {
            let next = self.waiting.pop_front().or_else(|| requests.try_recv().ok());
            let next = match next {
                // Who reads does not wait for those who write.
                None if writes.is_empty() || writes.len() >= self.expected || self.patience.is_zero() => None,
                None => {
                    let now = Instant::now();
                    let until = *until.get_or_insert(now + self.patience);
                    requests.recv_timeout(until.saturating_duration_since(now)).ok()
                }
                next => next,
            };
            match next {
                None => break,
                Some(Request::Write(write)) => writes.push(write),
                Some(read) => reads.push(read),
            }
        }
        Some((writes, reads))
    }

    /// So many writes are about to be answered, whose work and whose turn of the disk took so long.
    pub(super) fn written(
        &mut self,
        requests: &mpsc::Receiver<Request>,
        writes: usize,
        work: Duration,
        disk: Duration,
    ) {
        self.waiting.extend(requests.try_iter());
        let waiting = self.waiting.iter().filter(|request| matches!(request, Request::Write(_))).count();
        self.expected = waiting + writes;
        // Where the work takes as long, those who ask and the writer had better work at the same time.
        self.patience = if disk > work * 2 { disk / PATIENCE } else { Duration::ZERO };
    }
}

#[cfg(test)]
mod tests;
