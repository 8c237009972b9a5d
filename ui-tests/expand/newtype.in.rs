#[field(validate = well_formed)]
struct Isbn(String);
