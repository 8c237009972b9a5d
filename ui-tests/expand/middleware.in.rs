/// Lets only the staff in.
#[middleware(needs = [SESSIONS])]
async fn require_staff(user: LoggedIn, db: &Db, request: &mut Request, next: impl Next) -> Result<Response> {
    db.check(user).await?;
    Ok(next.run(request).await)
}

#[middleware]
pub async fn powered(request: &mut Request, next: impl Next) -> Response {
    next.run(request).await
}
