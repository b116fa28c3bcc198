//! The host's mutex: no update is lost, and no thread waits for ever.

use filemap::checkpoint::never;
use filemap::fs::Lock as _;
use filemap_models::disk::HostMutex;
use filemap_models::sync::Arc;
use filemap_models::{check, thread};

#[test]
fn every_thread_gets_the_access() {
    check(|| {
        let mutex = Arc::new(HostMutex::new(0));
        let threads: Vec<_> = (0..3)
            .map(|_| {
                let mutex = Arc::clone(&mutex);
                thread::spawn(move || {
                    for _ in 0..2 {
                        mutex
                            .with_unless_interrupted(&never, |value| {
                                let before = *value;
                                thread::yield_now();
                                *value = before + 1;
                            })
                            .unwrap();
                    }
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(mutex.with(|value| *value), 6);
    });
}
