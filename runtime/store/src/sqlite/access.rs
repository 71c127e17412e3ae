//! How requests reach the writer. Who is alone uses it at once, on the thread it is on: the hand-over to another thread and
//! back costs a quarter of what a fast disk takes. Where several runs ask, a thread of the writer's takes what has come
//! together, and the runs go on meanwhile with what does not need it.
//!
//! Requests take effect in the order in which they were made: nobody overtakes what is still in the queue.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use breyta_engine::store::StoreError;

use group::Group;

use super::writer::{Request, Write, Writer, answer};

mod group;

/// A disk that takes longer is waited for on the writer's thread, so that timers and sockets need not wait too.
const DISK_MAX: Duration = Duration::from_millis(1);

/// The writer and its queue.
pub(super) struct Access {
    shared: Arc<Shared>,
    /// There from the first request on that did not find the writer free.
    queue: Mutex<Option<Queue>>,
}

struct Shared {
    writer: Mutex<Writer>,
    /// Requests that were sent and are not carried out yet.
    queued: AtomicUsize,
}

/// The writer broke in the middle of something: it is not to be trusted any more.
struct Broken;

struct Queue {
    sender: Sender<Request>,
    thread: JoinHandle<()>,
}

impl Access {
    pub(super) fn new(writer: Writer) -> Self {
        let shared = Shared { writer: Mutex::new(writer), queued: AtomicUsize::new(0) };
        Self { shared: Arc::new(shared), queue: Mutex::new(None) }
    }

    /// Carries a request out, or has it carried out soon; the answer goes where the request says. `alone`: nobody else is
    /// likely to ask for a write meanwhile.
    pub(super) fn ask(&self, request: Request, alone: bool) -> Result<(), StoreError> {
        if self.shared.queued.load(Ordering::Acquire) == 0
            && let Ok(mut writer) = self.shared.writer.try_lock()
        {
            match request {
                Request::Write(write) if !alone || write.takes_long() || writer.disk > DISK_MAX => {
                    drop(writer);
                    return self.send(Request::Write(write));
                }
                Request::Write(write) => {
                    let written = writer.write(std::slice::from_ref(&write));
                    if let Some(written) = written.into_iter().next() {
                        answer(write, written);
                    }
                }
                read => writer.read(read),
            }
            return Ok(());
        }
        self.send(request)
    }

    fn send(&self, request: Request) -> Result<(), StoreError> {
        let stopped = |_| StoreError::io("the writer has stopped");
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let queue = match &mut *queue {
            Some(queue) => queue,
            none => none.insert(Queue::start(self.shared.clone()).map_err(StoreError::io)?),
        };
        self.shared.queued.fetch_add(1, Ordering::AcqRel);
        queue.sender.send(request).map_err(stopped)
    }

    /// Carries out what was asked for, and takes no more.
    pub(super) fn end(&self) {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Queue { sender, thread }) = queue {
            // The thread ends when nobody can ask it any more.
            drop(sender);
            let _ = thread.join();
        }
    }
}

impl Queue {
    fn start(shared: Arc<Shared>) -> std::io::Result<Self> {
        let (sender, requests) = mpsc::channel();
        let thread = std::thread::Builder::new().name("breyta-store".to_owned());
        let thread = thread.spawn(move || shared.serve(&requests))?;
        Ok(Self { sender, thread })
    }
}

impl Shared {
    /// Serves until nobody can ask any more.
    fn serve(&self, requests: &Receiver<Request>) {
        let mut group = Group::default();
        while let Some((writes, reads)) = group.next(requests) {
            // Who has written asks for more while the others read.
            if self.write(writes, &mut group, requests).and_then(|()| self.read(reads)).is_err() {
                return;
            }
        }
    }

    fn write(
        &self,
        writes: Vec<Write>,
        group: &mut Group,
        requests: &Receiver<Request>,
    ) -> Result<(), Broken> {
        if writes.is_empty() {
            return Ok(());
        }
        let mut writer = self.writer.lock().map_err(|_| Broken)?;
        let written = writer.write(&writes);
        group.written(requests, writes.len(), writer.work, writer.disk);
        // Free before anybody is answered: whoever asks next may be alone.
        drop(writer);
        self.queued.fetch_sub(writes.len(), Ordering::AcqRel);
        for (write, written) in writes.into_iter().zip(written) {
            answer(write, written);
        }
        Ok(())
    }

    fn read(&self, reads: Vec<Request>) -> Result<(), Broken> {
        if reads.is_empty() {
            return Ok(());
        }
        let mut writer = self.writer.lock().map_err(|_| Broken)?;
        let count = reads.len();
        for read in reads {
            writer.read(read);
        }
        drop(writer);
        self.queued.fetch_sub(count, Ordering::AcqRel);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
