//! The sorts of failures.

/// The sort of a [`DatabaseError`](super::DatabaseError), in Django's families.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// PostgreSQL cannot be reached, is starting up or shutting down, only reads, or has no connection, memory or
    /// disk left. 503.
    Unavailable,
    /// The connection broke while the statement was under way, or PostgreSQL said nothing for longer than the statement
    /// may take: whether it took effect is unknown. 503.
    Interrupted,
    /// A value stands already where it must be unique. 409.
    Unique,
    /// A row refers to one that does not exist, or is referred to and cannot go. 409.
    ForeignKey,
    /// A column that must have a value was given none. 422.
    NotNull,
    /// A check constraint refused the row. 422.
    Check,
    /// An exclusion constraint refused the row, as it gets in the way of another. 409.
    Exclusion,
    /// A value PostgreSQL cannot take: too long, out of range, a NUL in text, too large for an index. 422.
    Data,
    /// Two transactions got in each other's way: a deadlock or a serialization failure; or a table was altered under a
    /// transaction that uses it. It has been undone and would succeed another time, as
    /// [`retry`](super::TransactionBuilder::retry) tries it. 503.
    Conflict,
    /// A lock is held by somebody else, and the statement does not wait for it (`NOWAIT`) or has waited for as long as
    /// `lock_timeout` says. 503.
    Locked,
    /// The statement took longer than `QUERY_TIMEOUT` or `statement_timeout` says, and took no effect. 503. PostgreSQL
    /// tells it from [`Canceled`](Self::Canceled) by its words only: where the limit is one that this program does not
    /// know, such as a role's, and PostgreSQL's messages are not English, it is that.
    Timeout,
    /// The statement was stopped by somebody, or the connection was closed as it was idle for too long. 503.
    Canceled,
    /// A statement writes in a transaction that was begun as read-only. 500.
    ReadOnly,
    /// The database does not look as the models say: a column of another type, no such column, no such table. 500.
    SchemaMismatch,
    /// A value from the database cannot be read as the field's type. 500.
    Decode,
    /// Anything else; a mistake of the program's most likely. 500.
    Other,
}

/// By the classes of appendix A of PostgreSQL's manual.
pub(super) fn kind_of(code: &str, message: &str) -> ErrorKind {
    match code {
        "23505" => ErrorKind::Unique,
        "23503" | "23001" => ErrorKind::ForeignKey,
        "23502" => ErrorKind::NotNull,
        "23514" => ErrorKind::Check,
        "23P01" => ErrorKind::Exclusion,
        "40001" | "40P01" => ErrorKind::Conflict,
        "55P03" => ErrorKind::Locked,
        // The same code as when a person cancels it.
        "57014" if message.contains("statement timeout") => ErrorKind::Timeout,
        "25P04" => ErrorKind::Timeout,
        "57014" | "25P03" | "57P05" => ErrorKind::Canceled,
        "57P01" | "57P02" => ErrorKind::Interrupted,
        // Outside a transaction that asked for it: a replica, or a primary that became one, refuses to write.
        "57P03" | "57P04" | "25006" => ErrorKind::Unavailable,
        code if code.starts_with("08") || code.starts_with("53") || code.starts_with("58") => {
            ErrorKind::Unavailable
        }
        // No such column, no such table, a column of another type.
        "42703" | "42P01" | "42804" => ErrorKind::SchemaMismatch,
        // Too large for an index.
        "54000" => ErrorKind::Data,
        code if code.starts_with("22") => ErrorKind::Data,
        _ => ErrorKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_fall_into_families() {
        for (code, kind) in [
            ("23505", ErrorKind::Unique),
            ("23503", ErrorKind::ForeignKey),
            ("23514", ErrorKind::Check),
            ("23P01", ErrorKind::Exclusion),
            ("22021", ErrorKind::Data),
            ("22003", ErrorKind::Data),
            ("57P03", ErrorKind::Unavailable),
            ("53100", ErrorKind::Unavailable),
            ("25006", ErrorKind::Unavailable),
            ("40P01", ErrorKind::Conflict),
            ("40001", ErrorKind::Conflict),
            ("55P03", ErrorKind::Locked),
            ("57014", ErrorKind::Canceled),
            ("42703", ErrorKind::SchemaMismatch),
            ("42P01", ErrorKind::SchemaMismatch),
            ("42804", ErrorKind::SchemaMismatch),
            ("54000", ErrorKind::Data),
            ("42601", ErrorKind::Other),
        ] {
            assert_eq!(kind_of(code, "a message"), kind, "{code}");
        }
        assert_eq!(kind_of("57014", "canceling statement due to statement timeout"), ErrorKind::Timeout);
    }
}
