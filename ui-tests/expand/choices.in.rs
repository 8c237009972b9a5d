#[choices(native = "status")]
enum Status {
    Draft,
    #[choices(value = "live", label = "For everybody")]
    Published,
}
