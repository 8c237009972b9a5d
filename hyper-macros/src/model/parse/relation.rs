//! The ways back: `reverse(..)`, `reverse_one(..)` and `many_to_many(..)`.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Error, Ident, Path, Result, Token, parenthesized};

/// `posts = Post.author`: the rows of `Post` whose field `author` refers to this model.
pub(in super::super) struct Reverse {
    pub name: Ident,
    pub target: Path,
    pub field: Ident,
}

/// `tags = Tag`, or `tags = Tag through Tagging(post, tag)`.
pub(in super::super) struct ManyToMany {
    pub name: Ident,
    pub target: Path,
    pub through: Option<Through>,
}

/// A model in between: its foreign keys to this model and to the other.
pub(in super::super) struct Through {
    pub model: Path,
    pub from: Ident,
    pub to: Ident,
}

/// A relation to many rows, in the order in which they are numbered.
pub(in super::super) enum Many {
    Reverse(Reverse),
    ManyToMany(ManyToMany),
}

impl Many {
    pub(in super::super) fn name(&self) -> &Ident {
        match self {
            Self::Reverse(reverse) => &reverse.name,
            Self::ManyToMany(many) => &many.name,
        }
    }

    pub(in super::super) fn target(&self) -> &Path {
        match self {
            Self::Reverse(reverse) => &reverse.target,
            Self::ManyToMany(many) => &many.target,
        }
    }
}

/// One or more of them, in parentheses.
pub(super) fn list<T: Parse>(input: ParseStream<'_>, example: &str) -> Result<Vec<T>> {
    let content;
    parenthesized!(content in input);
    if content.is_empty() {
        return Err(content.error(format!("expected relations, such as `{example}`")));
    }
    Ok(Punctuated::<T, Token![,]>::parse_terminated(&content)?.into_iter().collect())
}

impl Parse for Reverse {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let (name, target) = named(input, "posts = Post.author")?;
        if !input.peek(Token![.]) {
            let last = last(&target);
            return Err(Error::new(
                last.span(),
                format!(
                    "which field of `{last}` refers to this model?\n  help: write the model and the field: `{name} = {last}.field`"
                ),
            ));
        }
        input.parse::<Token![.]>()?;
        Ok(Self { name, target, field: input.call(Ident::parse_any)? })
    }
}

impl Parse for ManyToMany {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let (name, target) = named(input, "tags = Tag")?;
        if input.peek(Token![.]) {
            return Err(input.error(
                "`many_to_many` takes a model\n  help: the way back against a foreign key is `reverse(posts = Post.author)`",
            ));
        }
        if input.is_empty() || input.peek(Token![,]) {
            return Ok(Self { name, target, through: None });
        }
        let word: Ident = input.parse()?;
        if word != "through" {
            return Err(Error::new(
                word.span(),
                format!("expected `through` or `,`\n  help: `{name} = Tag through Tagging(post, tag)`"),
            ));
        }
        let model = Path::parse_mod_style(input)?;
        let last = last(&model).clone();
        let fields = |span: Span| {
            Error::new(
                span,
                format!(
                    "which fields of `{last}` refer to the two sides?\n  help: name them, this model's first: `through {last}(post, tag)`"
                ),
            )
        };
        if !input.peek(syn::token::Paren) {
            return Err(fields(last.span()));
        }
        let content;
        let parens = parenthesized!(content in input);
        let names: Vec<_> = Punctuated::<Ident, Token![,]>::parse_terminated(&content)?.into_iter().collect();
        let [from, to] = names.try_into().map_err(|_| fields(parens.span.join()))?;
        Ok(Self { name, target, through: Some(Through { model, from, to }) })
    }
}

fn named(input: ParseStream<'_>, example: &str) -> Result<(Ident, Path)> {
    let name: Ident = input.parse()?;
    if !input.peek(Token![=]) {
        return Err(Error::new(name.span(), format!("`{name}` of which model?\n  help: `{example}`")));
    }
    input.parse::<Token![=]>()?;
    Ok((name, Path::parse_mod_style(input)?))
}

/// The name of the model a path leads to.
pub(in super::super) fn last(path: &Path) -> &Ident {
    &path.segments.last().expect("paths have a segment").ident
}
