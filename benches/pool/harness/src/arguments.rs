//! The command line.

use std::time::Duration;

use crate::Result;

#[derive(Debug, Clone, Copy)]
pub(crate) enum Mode {
    Load,
    First,
    Check,
}

#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) mode: Mode,
    pub(crate) url: String,
    pub(crate) connections: usize,
    pub(crate) tasks: u64,
    pub(crate) window: Duration,
    pub(crate) slow: bool,
}

impl Arguments {
    pub(crate) fn parse() -> Result<Self> {
        let mut arguments = std::env::args().skip(1);
        let mode = match arguments.next().as_deref() {
            Some("load") => Mode::Load,
            Some("first") => Mode::First,
            Some("check") => Mode::Check,
            _ => return Err("load, first or check?".into()),
        };
        let mut parsed = Self {
            mode,
            url: String::new(),
            connections: 8,
            tasks: 1,
            window: Duration::from_secs(1),
            slow: false,
        };
        while let Some(name) = arguments.next() {
            if name == "--slow" {
                parsed.slow = true;
                continue;
            }
            let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
            match name.as_str() {
                "--url" => parsed.url = value,
                "--connections" => parsed.connections = value.parse()?,
                "--tasks" => parsed.tasks = value.parse()?,
                "--seconds" => parsed.window = Duration::from_secs_f64(value.parse()?),
                _ => return Err(format!("no argument is called {name}").into()),
            }
        }
        Ok(parsed)
    }
}
