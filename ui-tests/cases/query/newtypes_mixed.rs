// Two newtypes of one type are two types.
use hyperdjango::prelude::*;

#[derive(Field, Debug, Clone)]
struct Isbn(String);

#[derive(Field, Debug, Clone)]
struct Sku(String);

#[derive(Model)]
struct Book {
    #[field(primary_key)]
    isbn: Isbn,
}

fn main() {
    let _ = Book::objects().filter(Book.isbn.eq(Sku("A-1".into())));
}
