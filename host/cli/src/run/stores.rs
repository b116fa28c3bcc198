//! The option `--store` of `filemap run`: stores in Redis.

use std::env;
use std::fs;

use anyhow::{Context as _, Result, bail, ensure};
use filemap_host::{CtxBuilder, RedisOptions};

/// The environment variables for the credentials.
const USERNAME: &str = "FILEMAP_REDIS_USERNAME";
const PASSWORD: &str = "FILEMAP_REDIS_PASSWORD";
const PASSWORD_FILE: &str = "FILEMAP_REDIS_PASSWORD_FILE";

/// Connects to the servers of `--store` options, and lets the plugin open their stores.
pub(super) fn add_all(texts: &[String], mut filemap: CtxBuilder) -> Result<CtxBuilder> {
    if texts.is_empty() {
        return Ok(filemap);
    }
    let (username, password) = (variable(USERNAME)?, password()?);
    for text in texts {
        let Some((path, url)) = text.split_once('=').filter(|(path, _)| !path.is_empty()) else {
            bail!("`--store` needs a path, `=`, and a URL");
        };
        let connect = || {
            let mut options = parse(path, url)?;
            if let Some(password) = &password {
                options = options.credentials(username.as_deref(), password);
            }
            anyhow::Ok(options.connect()?)
        };
        let store = connect().with_context(|| format!("failed to use the store `{path}`"))?;
        filemap = filemap.store_at(path, store);
    }
    Ok(filemap)
}

/// Parses `URL[#PREFIX]`. The errors have no part of the URL.
fn parse(path: &str, url: &str) -> Result<RedisOptions> {
    // Other users of the machine see the arguments of a command.
    let authority = url.split_once("://").map_or(url, |(_, rest)| rest);
    ensure!(
        !authority.contains('@'),
        "credentials are not part of the URL: set `{PASSWORD}`, or `{PASSWORD_FILE}` to the name \
         of a file, and `{USERNAME}` for another user than `default`"
    );
    let (url, prefix) = url.split_once('#').unwrap_or((url, path));
    Ok(RedisOptions::new(url, prefix)?)
}

/// Returns the password from the environment, or from the file that the environment names.
fn password() -> Result<Option<String>> {
    let Some(file) = variable(PASSWORD_FILE)? else { return variable(PASSWORD) };
    let text = fs::read_to_string(&file)
        .with_context(|| format!("failed to read `{file}`, which `{PASSWORD_FILE}` names"))?;
    Ok(Some(text.trim_end_matches(['\r', '\n']).into()))
}

fn variable(name: &str) -> Result<Option<String>> {
    match env::var(name) {
        Ok(value) => Ok(Some(value)),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => bail!("`{name}` is not UTF-8"),
    }
}
