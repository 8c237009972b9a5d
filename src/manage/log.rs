//! The log of a process: records of level INFO and above, a line each, on stderr.
//!
//! A program that wants more installs a `tracing` subscriber of its own before `manage`.

use std::error::Error;
use std::fmt::{Debug, Write as _};
use std::io::Write as _;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// Installs the log, unless the program has one.
pub(super) fn install() {
    // Somebody else's subscriber is as good.
    let _ = tracing::subscriber::set_global_default(Stderr { captured: false });
}

/// Installs the log of tests, which is shown with the output of the test that failed.
pub(crate) fn install_for_tests() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let _ = tracing::subscriber::set_global_default(Stderr { captured: true });
    });
}

struct Stderr {
    /// Whether it goes where `eprintln!` does, which cargo shows of a failed test only.
    captured: bool,
}

impl Subscriber for Stderr {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::INFO
    }

    fn max_level_hint(&self) -> Option<tracing::level_filters::LevelFilter> {
        Some(tracing::level_filters::LevelFilter::INFO)
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line { message: String::new(), fields: String::with_capacity(256) };
        event.record(&mut line);
        let metadata = event.metadata();
        let (level, target, Line { message, fields }) = (metadata.level(), metadata.target(), line);
        if self.captured {
            eprintln!("{level:>5} {target}: {message}{fields}");
            return;
        }
        // In one piece: stderr has no buffer, and would be written to part by part.
        let mut line = String::with_capacity(message.len() + fields.len() + 64);
        let _ = write!(line, "{level:>5} {target}: ");
        line.extend([&*message, &*fields, "\n"]);
        // A log that cannot be written must not stop the program.
        let _ = std::io::stderr().lock().write_all(line.as_bytes());
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Line {
    message: String,
    fields: String,
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _ = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            name => write!(self.fields, " {name}={value:?}"),
        };
    }

    /// With what is behind it, which the sentence for a client does not say.
    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        let (text, mut cause) = (value.to_string(), value.source());
        let text = if cause.is_some() { text.trim_end_matches('.') } else { &text };
        let _ = write!(self.fields, " {}={text}", field.name());
        while let Some(error) = cause {
            let _ = write!(self.fields, ": {error}");
            cause = error.source();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_logged_with_its_causes() {
        struct Said(std::sync::Mutex<String>);

        impl Subscriber for Said {
            fn enabled(&self, _: &Metadata<'_>) -> bool {
                true
            }
            fn new_span(&self, _: &Attributes<'_>) -> Id {
                Id::from_u64(1)
            }
            fn record(&self, _: &Id, _: &Record<'_>) {}
            fn record_follows_from(&self, _: &Id, _: &Id) {}
            fn event(&self, event: &Event<'_>) {
                let mut line = Line { message: String::new(), fields: String::new() };
                event.record(&mut line);
                *self.0.lock().unwrap() = line.message + &line.fields;
            }
            fn enter(&self, _: &Id) {}
            fn exit(&self, _: &Id) {}
        }

        let said = std::sync::Arc::new(Said(std::sync::Mutex::default()));
        let error = hyper_core::Error::internal(std::io::Error::other("the disk is full"));
        tracing::subscriber::with_default(std::sync::Arc::clone(&said), || {
            tracing::warn!(error = &error as &dyn Error, "it failed");
        });
        assert_eq!(
            *said.0.lock().unwrap(),
            "it failed error=Something went wrong on our side: the disk is full"
        );
    }
}
