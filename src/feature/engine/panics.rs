//! The process's panic hook while an engine runs. The engine silences it, and would leave it so if its run were broken
//! off; and where a step panics, its place is wanted.

use std::cell::RefCell;
use std::panic::{PanicHookInfo, set_hook, take_hook};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, ThreadId};

type Hook = Box<dyn Fn(&PanicHookInfo<'_>) + Send + Sync>;

thread_local! {
    /// Where this thread panicked last while it was watched.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Puts the hook back when dropped.
pub(super) struct PanicWatch {
    own: Arc<Mutex<Option<Hook>>>,
    thread: ThreadId,
}

/// A handle on the watch for the engine's hooks.
#[derive(Clone)]
pub(super) struct Place {
    own: Arc<Mutex<Option<Hook>>>,
    thread: ThreadId,
}

impl PanicWatch {
    /// Takes the hook as it is now.
    pub(super) fn new() -> Self {
        Self { own: Arc::new(Mutex::new(Some(take_hook()))), thread: thread::current().id() }
    }

    pub(super) fn place(&self) -> Place {
        Place { own: Arc::clone(&self.own), thread: self.thread }
    }
}

impl Place {
    /// Watches from now on: a panic of this thread is put down, one of another goes to the hook that was there.
    pub(super) fn watch(&self) {
        let Self { own, thread } = self.clone();
        set_hook(Box::new(move |info| {
            if thread::current().id() == thread {
                let place = info.location().map(ToString::to_string);
                PLACE.with_borrow_mut(|last| *last = place);
            } else if let Some(hook) = own.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
                hook(info);
            }
        }));
    }

    /// The place of the last panic.
    pub(super) fn take(&self) -> Option<String> {
        PLACE.with_borrow_mut(Option::take)
    }
}

impl Drop for PanicWatch {
    fn drop(&mut self) {
        // A thread that panics may not touch the hook; the process is on its way out then.
        if thread::panicking() {
            return;
        }
        if let Some(hook) = self.own.lock().unwrap_or_else(PoisonError::into_inner).take() {
            set_hook(hook);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::PanicWatch;
    use std::panic::{catch_unwind, set_hook, take_hook};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::thread;

    /// One test, since the hook is the whole process's: panics of other threads are not counted.
    #[test]
    fn the_hook_is_put_back_and_sees_other_threads_meanwhile() {
        let seen = Arc::new(AtomicU32::new(0));
        let (count, before) = (Arc::clone(&seen), take_hook());
        set_hook(Box::new(move |info| {
            if info.payload().downcast_ref::<&str>() == Some(&"meant") {
                count.fetch_add(1, Ordering::SeqCst);
            }
        }));
        let panic = || drop(catch_unwind(|| panic!("meant")));

        let watch = PanicWatch::new();
        // As the engine does.
        set_hook(Box::new(|_| {}));
        let place = watch.place();
        place.watch();
        panic();
        assert_eq!(seen.load(Ordering::SeqCst), 0, "the watched thread is put down, not shown");
        assert!(place.take().is_some_and(|place| place.contains("panics.rs")));
        thread::spawn(panic).join().unwrap();
        assert_eq!(seen.load(Ordering::SeqCst), 1, "another thread is shown as ever");

        drop(watch);
        panic();
        assert_eq!(seen.load(Ordering::SeqCst), 2, "the hook that was there is there again");
        set_hook(before);
    }
}
