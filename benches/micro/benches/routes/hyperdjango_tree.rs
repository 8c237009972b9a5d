//! Ours: the tree that `#[derive(App)]` builds when the program is compiled.
//!
//! The handlers are those of `table.rs`, written out: a parameter is an argument of its name, which a macro by example
//! cannot take out of the path.

use std::sync::OnceLock;

use hyperdjango::prelude::*;
use hyperdjango::routing::{Found as InTree, Params, Verb};

use crate::{Found, Method as Asked, ROUTES};

#[get("/authorizations")]
async fn get_authorizations() {}

#[post("/authorizations")]
async fn post_authorizations() {}

#[get("/authorizations/{id}")]
async fn get_authorizations_id(id: String) {
    drop(id);
}

#[delete("/authorizations/{id}")]
async fn delete_authorizations_id(id: String) {
    drop(id);
}

#[get("/applications/{client_id}/tokens/{token}")]
async fn get_applications_client_id_tokens_token(client_id: String, token: String) {
    drop(client_id);
    drop(token);
}

#[delete("/applications/{client_id}/tokens/{token}")]
async fn delete_applications_client_id_tokens_token(client_id: String, token: String) {
    drop(client_id);
    drop(token);
}

#[delete("/applications/{client_id}/tokens")]
async fn delete_applications_client_id_tokens(client_id: String) {
    drop(client_id);
}

#[get("/events")]
async fn get_events() {}

#[get("/repos/{owner}/{repo}/events")]
async fn get_repos_owner_repo_events(owner: String, repo: String) {
    drop(owner);
    drop(repo);
}

#[get("/networks/{owner}/{repo}/events")]
async fn get_networks_owner_repo_events(owner: String, repo: String) {
    drop(owner);
    drop(repo);
}

#[get("/orgs/{org}/events")]
async fn get_orgs_org_events(org: String) {
    drop(org);
}

#[get("/users/{user}/received_events")]
async fn get_users_user_received_events(user: String) {
    drop(user);
}

#[get("/users/{user}/received_events/public")]
async fn get_users_user_received_events_public(user: String) {
    drop(user);
}

#[get("/users/{user}/events")]
async fn get_users_user_events(user: String) {
    drop(user);
}

#[get("/users/{user}/events/public")]
async fn get_users_user_events_public(user: String) {
    drop(user);
}

#[get("/users/{user}/events/orgs/{org}")]
async fn get_users_user_events_orgs_org(user: String, org: String) {
    drop(user);
    drop(org);
}

#[get("/feeds")]
async fn get_feeds() {}

#[get("/notifications")]
async fn get_notifications() {}

#[put("/notifications")]
async fn put_notifications() {}

#[get("/repos/{owner}/{repo}/notifications")]
async fn get_repos_owner_repo_notifications(owner: String, repo: String) {
    drop(owner);
    drop(repo);
}

#[put("/repos/{owner}/{repo}/notifications")]
async fn put_repos_owner_repo_notifications(owner: String, repo: String) {
    drop(owner);
    drop(repo);
}

#[get("/notifications/threads/{id}")]
async fn get_notifications_threads_id(id: String) {
    drop(id);
}

#[patch("/notifications/threads/{id}")]
async fn patch_notifications_threads_id(id: String) {
    drop(id);
}

#[get("/notifications/threads/{id}/subscription")]
async fn get_notifications_threads_id_subscription(id: String) {
    drop(id);
}

#[put("/notifications/threads/{id}/subscription")]
async fn put_notifications_threads_id_subscription(id: String) {
    drop(id);
}

#[delete("/notifications/threads/{id}/subscription")]
async fn delete_notifications_threads_id_subscription(id: String) {
    drop(id);
}

#[get("/repos/{owner}/{repo}/stargazers")]
async fn get_repos_owner_repo_stargazers(owner: String, repo: String) {
    drop(owner);
    drop(repo);
}

#[get("/users/{user}/starred")]
async fn get_users_user_starred(user: String) {
    drop(user);
}

#[get("/user/starred")]
async fn get_user_starred() {}

#[get("/user/starred/{owner}/{repo}")]
async fn get_user_starred_owner_repo(owner: String, repo: String) {
    drop(owner);
    drop(repo);
}

#[put("/user/starred/{owner}/{repo}")]
async fn put_user_starred_owner_repo(owner: String, repo: String) {
    drop(owner);
    drop(repo);
}

#[delete("/user/starred/{owner}/{repo}")]
async fn delete_user_starred_owner_repo(owner: String, repo: String) {
    drop(owner);
    drop(repo);
}

#[get("/repos/{owner}/{repo}/subscribers")]
async fn get_repos_owner_repo_subscribers(owner: String, repo: String) {
    drop(owner);
    drop(repo);
}

#[get("/users/{user}/subscriptions")]
async fn get_users_user_subscriptions(user: String) {
    drop(user);
}

#[get("/user/subscriptions")]
async fn get_user_subscriptions() {}

#[get("/repos/{owner}/{repo}/subscription")]
async fn get_repos_owner_repo_subscription(owner: String, repo: String) {
    drop(owner);
    drop(repo);
}

#[put("/repos/{owner}/{repo}/subscription")]
async fn put_repos_owner_repo_subscription(owner: String, repo: String) {
    drop(owner);
    drop(repo);
}

#[delete("/repos/{owner}/{repo}/subscription")]
async fn delete_repos_owner_repo_subscription(owner: String, repo: String) {
    drop(owner);
    drop(repo);
}

#[get("/users/{user}/gists")]
async fn get_users_user_gists(user: String) {
    drop(user);
}

#[get("/gists")]
async fn get_gists() {}

#[post("/gists")]
async fn post_gists() {}

#[get("/gists/public")]
async fn get_gists_public() {}

#[get("/gists/starred")]
async fn get_gists_starred() {}

#[get("/gists/{id}")]
async fn get_gists_id(id: String) {
    drop(id);
}

#[patch("/gists/{id}")]
async fn patch_gists_id(id: String) {
    drop(id);
}

#[delete("/gists/{id}")]
async fn delete_gists_id(id: String) {
    drop(id);
}

#[put("/gists/{id}/star")]
async fn put_gists_id_star(id: String) {
    drop(id);
}

#[delete("/gists/{id}/star")]
async fn delete_gists_id_star(id: String) {
    drop(id);
}

#[get("/gists/{id}/star")]
async fn get_gists_id_star(id: String) {
    drop(id);
}

#[post("/gists/{id}/forks")]
async fn post_gists_id_forks(id: String) {
    drop(id);
}

#[get("/repos/{owner}/{repo}/git/blobs/{sha}")]
async fn get_repos_owner_repo_git_blobs_sha(owner: String, repo: String, sha: String) {
    drop(owner);
    drop(repo);
    drop(sha);
}

#[post("/repos/{owner}/{repo}/git/blobs")]
async fn post_repos_owner_repo_git_blobs(owner: String, repo: String) {
    drop(owner);
    drop(repo);
}

#[get("/repos/{owner}/{repo}/git/commits/{sha}")]
async fn get_repos_owner_repo_git_commits_sha(owner: String, repo: String, sha: String) {
    drop(owner);
    drop(repo);
    drop(sha);
}

#[post("/repos/{owner}/{repo}/git/commits")]
async fn post_repos_owner_repo_git_commits(owner: String, repo: String) {
    drop(owner);
    drop(repo);
}

#[get("/repos/{owner}/{repo}/git/refs")]
async fn get_repos_owner_repo_git_refs(owner: String, repo: String) {
    drop(owner);
    drop(repo);
}

#[post("/repos/{owner}/{repo}/git/refs")]
async fn post_repos_owner_repo_git_refs(owner: String, repo: String) {
    drop(owner);
    drop(repo);
}

#[get("/repos/{owner}/{repo}/git/tags/{sha}")]
async fn get_repos_owner_repo_git_tags_sha(owner: String, repo: String, sha: String) {
    drop(owner);
    drop(repo);
    drop(sha);
}

#[post("/repos/{owner}/{repo}/git/tags")]
async fn post_repos_owner_repo_git_tags(owner: String, repo: String) {
    drop(owner);
    drop(repo);
}

#[get("/repos/{owner}/{repo}/git/trees/{sha}")]
async fn get_repos_owner_repo_git_trees_sha(owner: String, repo: String, sha: String) {
    drop(owner);
    drop(repo);
    drop(sha);
}

#[post("/repos/{owner}/{repo}/git/trees")]
async fn post_repos_owner_repo_git_trees(owner: String, repo: String) {
    drop(owner);
    drop(repo);
}

#[get("/issues")]
async fn get_issues() {}

#[get("/user/issues")]
async fn get_user_issues() {}

#[get("/orgs/{org}/issues")]
async fn get_orgs_org_issues(org: String) {
    drop(org);
}

#[get("/repos/{owner}/{repo}/issues")]
async fn get_repos_owner_repo_issues(owner: String, repo: String) {
    drop(owner);
    drop(repo);
}

#[post("/repos/{owner}/{repo}/issues")]
async fn post_repos_owner_repo_issues(owner: String, repo: String) {
    drop(owner);
    drop(repo);
}

#[get("/repos/{owner}/{repo}/issues/{number}")]
async fn get_repos_owner_repo_issues_number(owner: String, repo: String, number: String) {
    drop(owner);
    drop(repo);
    drop(number);
}

#[patch("/repos/{owner}/{repo}/issues/{number}")]
async fn patch_repos_owner_repo_issues_number(owner: String, repo: String, number: String) {
    drop(owner);
    drop(repo);
    drop(number);
}

#[get("/repos/{owner}/{repo}/assignees")]
async fn get_repos_owner_repo_assignees(owner: String, repo: String) {
    drop(owner);
    drop(repo);
}

#[get("/repos/{owner}/{repo}/assignees/{assignee}")]
async fn get_repos_owner_repo_assignees_assignee(owner: String, repo: String, assignee: String) {
    drop(owner);
    drop(repo);
    drop(assignee);
}

#[get("/repos/{owner}/{repo}/issues/{number}/comments")]
async fn get_repos_owner_repo_issues_number_comments(owner: String, repo: String, number: String) {
    drop(owner);
    drop(repo);
    drop(number);
}

#[post("/repos/{owner}/{repo}/issues/{number}/comments")]
async fn post_repos_owner_repo_issues_number_comments(owner: String, repo: String, number: String) {
    drop(owner);
    drop(repo);
    drop(number);
}

#[get("/repos/{owner}/{repo}/issues/{number}/events")]
async fn get_repos_owner_repo_issues_number_events(owner: String, repo: String, number: String) {
    drop(owner);
    drop(repo);
    drop(number);
}

#[get("/repos/{owner}/{repo}/labels")]
async fn get_repos_owner_repo_labels(owner: String, repo: String) {
    drop(owner);
    drop(repo);
}

#[post("/repos/{owner}/{repo}/labels")]
async fn post_repos_owner_repo_labels(owner: String, repo: String) {
    drop(owner);
    drop(repo);
}

#[get("/repos/{owner}/{repo}/labels/{name}")]
async fn get_repos_owner_repo_labels_name(owner: String, repo: String, name: String) {
    drop(owner);
    drop(repo);
    drop(name);
}

#[patch("/repos/{owner}/{repo}/labels/{name}")]
async fn patch_repos_owner_repo_labels_name(owner: String, repo: String, name: String) {
    drop(owner);
    drop(repo);
    drop(name);
}

#[delete("/repos/{owner}/{repo}/labels/{name}")]
async fn delete_repos_owner_repo_labels_name(owner: String, repo: String, name: String) {
    drop(owner);
    drop(repo);
    drop(name);
}

#[get("/repos/{owner}/{repo}/issues/{number}/labels")]
async fn get_repos_owner_repo_issues_number_labels(owner: String, repo: String, number: String) {
    drop(owner);
    drop(repo);
    drop(number);
}

#[post("/repos/{owner}/{repo}/issues/{number}/labels")]
async fn post_repos_owner_repo_issues_number_labels(owner: String, repo: String, number: String) {
    drop(owner);
    drop(repo);
    drop(number);
}

#[delete("/repos/{owner}/{repo}/issues/{number}/labels/{name}")]
async fn delete_repos_owner_repo_issues_number_labels_name(
    owner: String,
    repo: String,
    number: String,
    name: String,
) {
    drop(owner);
    drop(repo);
    drop(number);
    drop(name);
}

#[get("/repos/{owner}/{repo}/milestones")]
async fn get_repos_owner_repo_milestones(owner: String, repo: String) {
    drop(owner);
    drop(repo);
}

#[post("/repos/{owner}/{repo}/milestones")]
async fn post_repos_owner_repo_milestones(owner: String, repo: String) {
    drop(owner);
    drop(repo);
}

#[get("/repos/{owner}/{repo}/milestones/{number}")]
async fn get_repos_owner_repo_milestones_number(owner: String, repo: String, number: String) {
    drop(owner);
    drop(repo);
    drop(number);
}

#[get("/repos/{owner}/{repo}/milestones/{number}/labels")]
async fn get_repos_owner_repo_milestones_number_labels(owner: String, repo: String, number: String) {
    drop(owner);
    drop(repo);
    drop(number);
}

#[get("/emojis")]
async fn get_emojis() {}

#[get("/gitignore/templates")]
async fn get_gitignore_templates() {}

#[get("/gitignore/templates/{name}")]
async fn get_gitignore_templates_name(name: String) {
    drop(name);
}

#[post("/markdown")]
async fn post_markdown() {}

#[get("/meta")]
async fn get_meta() {}

#[get("/rate_limit")]
async fn get_rate_limit() {}

#[get("/users/{user}/orgs")]
async fn get_users_user_orgs(user: String) {
    drop(user);
}

#[get("/user/orgs")]
async fn get_user_orgs() {}

#[get("/orgs/{org}")]
async fn get_orgs_org(org: String) {
    drop(org);
}

#[patch("/orgs/{org}")]
async fn patch_orgs_org(org: String) {
    drop(org);
}

#[get("/orgs/{org}/members")]
async fn get_orgs_org_members(org: String) {
    drop(org);
}

#[get("/orgs/{org}/members/{user}")]
async fn get_orgs_org_members_user(org: String, user: String) {
    drop(org);
    drop(user);
}

#[delete("/orgs/{org}/members/{user}")]
async fn delete_orgs_org_members_user(org: String, user: String) {
    drop(org);
    drop(user);
}

#[get("/orgs/{org}/teams")]
async fn get_orgs_org_teams(org: String) {
    drop(org);
}

#[post("/orgs/{org}/teams")]
async fn post_orgs_org_teams(org: String) {
    drop(org);
}

#[get("/teams/{id}")]
async fn get_teams_id(id: String) {
    drop(id);
}

#[delete("/teams/{id}")]
async fn delete_teams_id(id: String) {
    drop(id);
}

#[get("/teams/{id}/members")]
async fn get_teams_id_members(id: String) {
    drop(id);
}

#[get("/teams/{id}/repos/{owner}/{repo}")]
async fn get_teams_id_repos_owner_repo(id: String, owner: String, repo: String) {
    drop(id);
    drop(owner);
    drop(repo);
}

#[get("/repos/{owner}/{repo}/pulls")]
async fn get_repos_owner_repo_pulls(owner: String, repo: String) {
    drop(owner);
    drop(repo);
}

#[post("/repos/{owner}/{repo}/pulls")]
async fn post_repos_owner_repo_pulls(owner: String, repo: String) {
    drop(owner);
    drop(repo);
}

#[get("/repos/{owner}/{repo}/pulls/{number}")]
async fn get_repos_owner_repo_pulls_number(owner: String, repo: String, number: String) {
    drop(owner);
    drop(repo);
    drop(number);
}

#[patch("/repos/{owner}/{repo}/pulls/{number}")]
async fn patch_repos_owner_repo_pulls_number(owner: String, repo: String, number: String) {
    drop(owner);
    drop(repo);
    drop(number);
}

#[get("/repos/{owner}/{repo}/pulls/{number}/commits")]
async fn get_repos_owner_repo_pulls_number_commits(owner: String, repo: String, number: String) {
    drop(owner);
    drop(repo);
    drop(number);
}

#[get("/repos/{owner}/{repo}/pulls/{number}/files")]
async fn get_repos_owner_repo_pulls_number_files(owner: String, repo: String, number: String) {
    drop(owner);
    drop(repo);
    drop(number);
}

#[get("/repos/{owner}/{repo}/pulls/{number}/merge")]
async fn get_repos_owner_repo_pulls_number_merge(owner: String, repo: String, number: String) {
    drop(owner);
    drop(repo);
    drop(number);
}

#[put("/repos/{owner}/{repo}/pulls/{number}/merge")]
async fn put_repos_owner_repo_pulls_number_merge(owner: String, repo: String, number: String) {
    drop(owner);
    drop(repo);
    drop(number);
}

#[get("/repos/{owner}/{repo}/pulls/{number}/comments")]
async fn get_repos_owner_repo_pulls_number_comments(owner: String, repo: String, number: String) {
    drop(owner);
    drop(repo);
    drop(number);
}

#[put("/repos/{owner}/{repo}/pulls/{number}/comments")]
async fn put_repos_owner_repo_pulls_number_comments(owner: String, repo: String, number: String) {
    drop(owner);
    drop(repo);
    drop(number);
}

#[get("/user/repos")]
async fn get_user_repos() {}

#[post("/user/repos")]
async fn post_user_repos() {}

#[get("/users/{user}/repos")]
async fn get_users_user_repos(user: String) {
    drop(user);
}

#[get("/repos/{owner}/{repo}")]
async fn get_repos_owner_repo(owner: String, repo: String) {
    drop(owner);
    drop(repo);
}

#[patch("/repos/{owner}/{repo}")]
async fn patch_repos_owner_repo(owner: String, repo: String) {
    drop(owner);
    drop(repo);
}

#[delete("/repos/{owner}/{repo}")]
async fn delete_repos_owner_repo(owner: String, repo: String) {
    drop(owner);
    drop(repo);
}

#[get("/repos/{owner}/{repo}/contributors")]
async fn get_repos_owner_repo_contributors(owner: String, repo: String) {
    drop(owner);
    drop(repo);
}

#[get("/repos/{owner}/{repo}/languages")]
async fn get_repos_owner_repo_languages(owner: String, repo: String) {
    drop(owner);
    drop(repo);
}

#[get("/repos/{owner}/{repo}/branches")]
async fn get_repos_owner_repo_branches(owner: String, repo: String) {
    drop(owner);
    drop(repo);
}

#[get("/repos/{owner}/{repo}/branches/{branch}")]
async fn get_repos_owner_repo_branches_branch(owner: String, repo: String, branch: String) {
    drop(owner);
    drop(repo);
    drop(branch);
}

#[get("/repos/{owner}/{repo}/collaborators/{user}")]
async fn get_repos_owner_repo_collaborators_user(owner: String, repo: String, user: String) {
    drop(owner);
    drop(repo);
    drop(user);
}

#[get("/repos/{owner}/{repo}/commits")]
async fn get_repos_owner_repo_commits(owner: String, repo: String) {
    drop(owner);
    drop(repo);
}

#[get("/repos/{owner}/{repo}/commits/{sha}")]
async fn get_repos_owner_repo_commits_sha(owner: String, repo: String, sha: String) {
    drop(owner);
    drop(repo);
    drop(sha);
}

#[get("/repos/{owner}/{repo}/commits/{sha}/comments")]
async fn get_repos_owner_repo_commits_sha_comments(owner: String, repo: String, sha: String) {
    drop(owner);
    drop(repo);
    drop(sha);
}

#[get("/repos/{owner}/{repo}/readme")]
async fn get_repos_owner_repo_readme(owner: String, repo: String) {
    drop(owner);
    drop(repo);
}

#[get("/repos/{owner}/{repo}/releases")]
async fn get_repos_owner_repo_releases(owner: String, repo: String) {
    drop(owner);
    drop(repo);
}

#[get("/repos/{owner}/{repo}/releases/{id}")]
async fn get_repos_owner_repo_releases_id(owner: String, repo: String, id: String) {
    drop(owner);
    drop(repo);
    drop(id);
}

#[get("/repos/{owner}/{repo}/releases/{id}/assets")]
async fn get_repos_owner_repo_releases_id_assets(owner: String, repo: String, id: String) {
    drop(owner);
    drop(repo);
    drop(id);
}

#[get("/repos/{owner}/{repo}/stats/contributors")]
async fn get_repos_owner_repo_stats_contributors(owner: String, repo: String) {
    drop(owner);
    drop(repo);
}

#[get("/search/repositories")]
async fn get_search_repositories() {}

#[get("/search/code")]
async fn get_search_code() {}

#[get("/search/users")]
async fn get_search_users() {}

#[get("/users/{user}")]
async fn get_users_user(user: String) {
    drop(user);
}

#[get("/user")]
async fn get_user() {}

#[get("/users/{user}/followers")]
async fn get_users_user_followers(user: String) {
    drop(user);
}

#[get("/user/following/{user}")]
async fn get_user_following_user(user: String) {
    drop(user);
}

#[get("/user/keys")]
async fn get_user_keys() {}

routes! {
    Urls:
        get_authorizations,
        post_authorizations,
        get_authorizations_id,
        delete_authorizations_id,
        get_applications_client_id_tokens_token,
        delete_applications_client_id_tokens_token,
        delete_applications_client_id_tokens,
        get_events,
        get_repos_owner_repo_events,
        get_networks_owner_repo_events,
        get_orgs_org_events,
        get_users_user_received_events,
        get_users_user_received_events_public,
        get_users_user_events,
        get_users_user_events_public,
        get_users_user_events_orgs_org,
        get_feeds,
        get_notifications,
        put_notifications,
        get_repos_owner_repo_notifications,
        put_repos_owner_repo_notifications,
        get_notifications_threads_id,
        patch_notifications_threads_id,
        get_notifications_threads_id_subscription,
        put_notifications_threads_id_subscription,
        delete_notifications_threads_id_subscription,
        get_repos_owner_repo_stargazers,
        get_users_user_starred,
        get_user_starred,
        get_user_starred_owner_repo,
        put_user_starred_owner_repo,
        delete_user_starred_owner_repo,
        get_repos_owner_repo_subscribers,
        get_users_user_subscriptions,
        get_user_subscriptions,
        get_repos_owner_repo_subscription,
        put_repos_owner_repo_subscription,
        delete_repos_owner_repo_subscription,
        get_users_user_gists,
        get_gists,
        post_gists,
        get_gists_public,
        get_gists_starred,
        get_gists_id,
        patch_gists_id,
        delete_gists_id,
        put_gists_id_star,
        delete_gists_id_star,
        get_gists_id_star,
        post_gists_id_forks,
        get_repos_owner_repo_git_blobs_sha,
        post_repos_owner_repo_git_blobs,
        get_repos_owner_repo_git_commits_sha,
        post_repos_owner_repo_git_commits,
        get_repos_owner_repo_git_refs,
        post_repos_owner_repo_git_refs,
        get_repos_owner_repo_git_tags_sha,
        post_repos_owner_repo_git_tags,
        get_repos_owner_repo_git_trees_sha,
        post_repos_owner_repo_git_trees,
        get_issues,
        get_user_issues,
        get_orgs_org_issues,
        get_repos_owner_repo_issues,
        post_repos_owner_repo_issues,
        get_repos_owner_repo_issues_number,
        patch_repos_owner_repo_issues_number,
        get_repos_owner_repo_assignees,
        get_repos_owner_repo_assignees_assignee,
        get_repos_owner_repo_issues_number_comments,
        post_repos_owner_repo_issues_number_comments,
        get_repos_owner_repo_issues_number_events,
        get_repos_owner_repo_labels,
        post_repos_owner_repo_labels,
        get_repos_owner_repo_labels_name,
        patch_repos_owner_repo_labels_name,
        delete_repos_owner_repo_labels_name,
        get_repos_owner_repo_issues_number_labels,
        post_repos_owner_repo_issues_number_labels,
        delete_repos_owner_repo_issues_number_labels_name,
        get_repos_owner_repo_milestones,
        post_repos_owner_repo_milestones,
        get_repos_owner_repo_milestones_number,
        get_repos_owner_repo_milestones_number_labels,
        get_emojis,
        get_gitignore_templates,
        get_gitignore_templates_name,
        post_markdown,
        get_meta,
        get_rate_limit,
        get_users_user_orgs,
        get_user_orgs,
        get_orgs_org,
        patch_orgs_org,
        get_orgs_org_members,
        get_orgs_org_members_user,
        delete_orgs_org_members_user,
        get_orgs_org_teams,
        post_orgs_org_teams,
        get_teams_id,
        delete_teams_id,
        get_teams_id_members,
        get_teams_id_repos_owner_repo,
        get_repos_owner_repo_pulls,
        post_repos_owner_repo_pulls,
        get_repos_owner_repo_pulls_number,
        patch_repos_owner_repo_pulls_number,
        get_repos_owner_repo_pulls_number_commits,
        get_repos_owner_repo_pulls_number_files,
        get_repos_owner_repo_pulls_number_merge,
        put_repos_owner_repo_pulls_number_merge,
        get_repos_owner_repo_pulls_number_comments,
        put_repos_owner_repo_pulls_number_comments,
        get_user_repos,
        post_user_repos,
        get_users_user_repos,
        get_repos_owner_repo,
        patch_repos_owner_repo,
        delete_repos_owner_repo,
        get_repos_owner_repo_contributors,
        get_repos_owner_repo_languages,
        get_repos_owner_repo_branches,
        get_repos_owner_repo_branches_branch,
        get_repos_owner_repo_collaborators_user,
        get_repos_owner_repo_commits,
        get_repos_owner_repo_commits_sha,
        get_repos_owner_repo_commits_sha_comments,
        get_repos_owner_repo_readme,
        get_repos_owner_repo_releases,
        get_repos_owner_repo_releases_id,
        get_repos_owner_repo_releases_id_assets,
        get_repos_owner_repo_stats_contributors,
        get_search_repositories,
        get_search_code,
        get_search_users,
        get_users_user,
        get_user,
        get_users_user_followers,
        get_user_following_user,
        get_user_keys,
}

#[derive(App)]
#[app(routes = Urls)]
struct Api {}

/// Finds a route and reads its parameters.
pub(crate) fn lookup(method: Asked, path: &str) -> Option<Found> {
    let verb = match method {
        Asked::Get => Verb::Get,
        Asked::Post => Verb::Post,
        Asked::Put => Verb::Put,
        Asked::Patch => Verb::Patch,
        Asked::Delete => Verb::Delete,
    };
    let mut params = Params::default();
    let InTree::Route(number) = Api::tree().find(path, Some(verb), &mut params) else { return None };
    let parameter_bytes = (0..).map_while(|index| params.range(index)).map(|range| range.len()).sum();
    Some(Found { route: numbers()[number], parameter_bytes })
}

/// The table's numbers of the tree's routes.
fn numbers() -> &'static [usize] {
    static NUMBERS: OnceLock<Vec<usize>> = OnceLock::new();
    NUMBERS.get_or_init(|| {
        let number = |path: &str, method: &str| {
            ROUTES.iter().position(|route| {
                route.path == path && format!("{:?}", route.method).to_uppercase() == method
            })
        };
        let routes = Api::tree().routes.iter();
        routes.map(|route| number(&route.path(), route.def.verb.as_str()).expect("in the table")).collect()
    })
}
