//! What several fields must be together.

use hyper_core::ValidationErrors;

/// Checks across fields: Django's `clean`.
///
/// What concerns one field is added under its name, what concerns several under
/// [`NON_FIELD_ERRORS`](hyper_core::NON_FIELD_ERRORS).
///
/// ```
/// use hyperdjango::orm::validation::CrossCheck;
/// use hyperdjango::{NON_FIELD_ERRORS, ValidationErrors};
///
/// struct Booking {
///     from: u32,
///     to: u32,
/// }
///
/// impl CrossCheck for Booking {
///     fn cross_check(&self, errors: &mut ValidationErrors) {
///         if self.from >= self.to {
///             errors.add(NON_FIELD_ERRORS, "The booking ends before it begins.");
///         }
///     }
/// }
///
/// let errors = Booking { from: 7, to: 3 }.cross_checked().unwrap_err();
/// assert_eq!(errors.to_string(), "__all__: The booking ends before it begins.");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no checks across its fields",
    label = "`CrossCheck` is missing",
    note = "write `impl CrossCheck for {Self} {{ fn cross_check(&self, errors: &mut ValidationErrors) {{ .. }} }}`"
)]
pub trait CrossCheck {
    /// Adds what is wrong with it to `errors`.
    fn cross_check(&self, errors: &mut ValidationErrors);

    /// `Ok` when nothing is wrong with it.
    ///
    /// # Errors
    /// All that is.
    fn cross_checked(&self) -> Result<(), ValidationErrors> {
        let mut errors = ValidationErrors::new();
        self.cross_check(&mut errors);
        errors.into_result()
    }
}
