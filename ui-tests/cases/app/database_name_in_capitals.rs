// A name that no setting can be told from.
hyperdjango::database! {
    pub Archive = "Archive";
}

fn main() {}
