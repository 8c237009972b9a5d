//! The command line.

use std::time::Duration;

use crate::Result;

/// How long a workload runs.
#[derive(Debug, Clone, Copy)]
pub enum Length {
    /// By the clock.
    Time(Duration),
    /// So many operations and no clock: for callgrind.
    Iterations(u64),
    /// Some operations, whose answers are written.
    Check,
}

/// What a program is told.
#[derive(Debug)]
pub struct Arguments {
    /// Its name.
    pub workload: String,
    /// `postgres://user@%2Fsocket%2Ffolder/name`.
    pub url: String,
    /// At most so many.
    pub connections: usize,
    /// How long.
    pub length: Length,
}

impl Arguments {
    pub(crate) fn parse() -> Result<Self> {
        let mut arguments = std::env::args().skip(1);
        let workload = arguments.next().ok_or("which workload?")?;
        let mut parsed = Self {
            workload,
            url: String::new(),
            connections: 1,
            length: Length::Time(Duration::from_secs(1)),
        };
        while let Some(name) = arguments.next() {
            if name == "--check" {
                parsed.length = Length::Check;
                continue;
            }
            let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
            match name.as_str() {
                "--url" => parsed.url = value,
                "--connections" => parsed.connections = value.parse()?,
                "--seconds" => parsed.length = Length::Time(Duration::from_secs_f64(value.parse()?)),
                "--iterations" => parsed.length = Length::Iterations(value.parse()?),
                _ => return Err(format!("no argument is called {name}").into()),
            }
        }
        Ok(parsed)
    }
}
