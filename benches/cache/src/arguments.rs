//! The command line.

/// What is measured, and how much of it.
pub(crate) struct Arguments {
    pub(crate) what: String,
    /// Whose are measured, with a plus between them; all, if there are none.
    only: Vec<String>,
    pub(crate) threads: Vec<usize>,
    pub(crate) rounds: usize,
    /// Operations of a reading, of all threads together.
    pub(crate) operations: usize,
    /// Makes so many operations and looks at no clock, for callgrind.
    pub(crate) passes: Option<usize>,
    /// Where Redis is, and PostgreSQL.
    pub(crate) redis: String,
    pub(crate) database: String,
}

impl Arguments {
    pub(crate) fn read(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut this = Self {
            what: words.next().unwrap_or_default(),
            only: Vec::new(),
            threads: vec![1],
            rounds: 3,
            operations: 1_000_000,
            passes: None,
            redis: String::new(),
            database: String::new(),
        };
        while let Some(name) = words.next() {
            let value = words.next().ok_or_else(|| format!("{name} needs a value"))?;
            let number = |text: &str| text.parse().map_err(|_| format!("{name} {text}: no number"));
            match name.as_str() {
                "--only" => this.only = value.split('+').map(str::to_owned).collect(),
                "--threads" => this.threads = value.split(',').map(number).collect::<Result<_, _>>()?,
                "--rounds" => this.rounds = number(&value)?,
                "--operations" => this.operations = number(&value)?,
                "--passes" => this.passes = Some(number(&value)?),
                "--redis" => this.redis = value,
                "--database" => this.database = value,
                _ => return Err(format!("nothing is called {name}")),
            }
        }
        Ok(this)
    }

    /// Whether it is to be measured.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == name)
    }
}
