//! What is wrong with a form.

/// What is wrong with a form that was sent: messages, each for a field or for the whole form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Errors(Vec<(String, String)>);

impl Errors {
    /// No errors: a form shown for the first time.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Adds a message for a field, `""` for the form as a whole.
    ///
    /// ```
    /// use hypernews::views::Errors;
    /// let errors = Errors::none().with("title", "Say what it is about.");
    /// assert_eq!(errors.of("title").collect::<Vec<_>>(), ["Say what it is about."]);
    /// ```
    #[must_use]
    pub fn with(mut self, field: &str, message: impl Into<String>) -> Self {
        self.0.push((field.to_owned(), message.into()));
        self
    }

    /// The messages for one field.
    pub fn of<'a>(&'a self, field: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(name, _)| name == field).map(|(_, message)| message.as_str())
    }

    /// Whether a field has messages.
    #[must_use]
    pub fn has(&self, field: &str) -> bool {
        self.of(field).next().is_some()
    }

    /// All messages with the name of their field.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(field, message)| (field.as_str(), message.as_str()))
    }

    /// Whether there is nothing wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<F: Into<String>, M: Into<String>> FromIterator<(F, M)> for Errors {
    fn from_iter<I: IntoIterator<Item = (F, M)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(field, message)| (field.into(), message.into())).collect())
    }
}
