//! An input for which a target does not hold: made as short as it can be, kept, and told.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Once;

use crate::{Corpus, Outcome, Target, Watch, run};

/// How often a shorter input is tried.
const ATTEMPTS: usize = 2_000;

/// What a run found.
#[derive(Debug)]
pub struct Finding {
    target: &'static str,
    /// Still enough for the target not to hold.
    pub input: Vec<u8>,
    /// What the target says of it.
    pub problem: String,
    seed: u64,
    /// Where the input is kept; `None` where it cannot be written.
    pub file: Option<PathBuf>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { target, input, problem, seed, file } = self;
        writeln!(f, "{target} does not hold for `{}` (seed {seed}): {problem}", input.escape_ascii())?;
        match file {
            Some(file) => write!(
                f,
                "The input is in {}: mend the code, and keep the file, which is tried from now on.",
                file.display()
            ),
            None => write!(f, "Keep the input as a file in fuzz/corpus/{target}, and mend the code."),
        }
    }
}

impl std::error::Error for Finding {}

thread_local! {
    /// Whether what this thread panics with is not printed.
    static IS_QUIET: Cell<bool> = const { Cell::new(false) };
}

/// What a panic of this thread says; nothing of it is printed.
fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !IS_QUIET.get() {
                usual(panic);
            }
        }));
    });
    IS_QUIET.set(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    IS_QUIET.set(false);
    result.map_err(|panic| match (panic.downcast_ref::<String>(), panic.downcast_ref::<&str>()) {
        (Some(text), _) => text.clone(),
        (None, text) => text.copied().unwrap_or("it panics").to_owned(),
    })
}

/// [`run`], with what it finds made short and kept in the corpus.
///
/// # Errors
/// What was found.
pub fn hold(
    name: &'static str,
    target: Target,
    corpus: &mut Corpus,
    is_enough: impl FnMut(usize) -> bool,
    seed: u64,
    watch: &Watch,
) -> Result<Outcome, Box<Finding>> {
    let last = RefCell::new(Vec::new());
    let result = caught(|| {
        run(target, corpus, is_enough, seed, |input| {
            last.replace(input.to_vec());
            watch.begins(name, input);
        })
    });
    watch.ends(name);
    result.map_err(|problem| {
        let (input, problem) = shortened(target, last.take(), problem);
        let file = corpus.keep(&input).ok();
        Box::new(Finding { target: name, input, problem, seed, file })
    })
}

/// An input of which no piece can be left out, and what the target says of it.
fn shortened(target: Target, mut input: Vec<u8>, mut problem: String) -> (Vec<u8>, String) {
    let mut attempts = 0;
    let mut size = input.len();
    while size > 0 {
        let mut at = 0;
        while at < input.len() && attempts < ATTEMPTS {
            attempts += 1;
            let end = (at + size).min(input.len());
            let shorter = [&input[..at], &input[end..]].concat();
            match caught(|| target(&shorter)) {
                Err(still) => (input, problem) = (shorter, still),
                Ok(_) => at = end,
            }
        }
        size /= 2;
    }
    (input, problem)
}
