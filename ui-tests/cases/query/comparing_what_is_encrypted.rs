// An encrypted value differs each time.
use hyperdjango::orm::field::Encrypted;
use hyperdjango::prelude::*;

#[derive(Model)]
struct Token {
    #[field(primary_key)]
    id: i64,
    text: Encrypted,
}

fn main() {
    let _ = Token::objects().filter(Token.text.eq(Encrypted::new("secret"))).sql();
}
