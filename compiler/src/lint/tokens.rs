//! Keys of well-known services in texts, told by how they begin.
//!
//! Whether a config key takes a secret at all is checked where configs are: this is for all other places.

/// How the keys of one service are written.
struct Token {
    prefix: &'static str,
    /// Letters, digits, `_` and `-` that follow, at least.
    least: usize,
}

const TOKENS: &[Token] = &[
    Token { prefix: "sk-", least: 20 },
    Token { prefix: "sk_live_", least: 16 },
    Token { prefix: "sk_test_", least: 16 },
    Token { prefix: "rk_live_", least: 16 },
    Token { prefix: "whsec_", least: 24 },
    Token { prefix: "ghp_", least: 36 },
    Token { prefix: "gho_", least: 36 },
    Token { prefix: "ghu_", least: 36 },
    Token { prefix: "ghs_", least: 36 },
    Token { prefix: "ghr_", least: 36 },
    Token { prefix: "github_pat_", least: 22 },
    Token { prefix: "glpat-", least: 20 },
    Token { prefix: "xoxb-", least: 20 },
    Token { prefix: "xoxp-", least: 20 },
    Token { prefix: "xoxa-", least: 20 },
    Token { prefix: "xapp-", least: 20 },
    Token { prefix: "AKIA", least: 16 },
    Token { prefix: "AIza", least: 35 },
];

const PRIVATE_KEY: [&str; 2] = ["-----BEGIN ", "PRIVATE KEY-----"];

/// No key of any service, and no line of a private key, is shorter.
const SHORTEST: usize = 20;

/// Where the first key stands.
pub(super) fn first(text: &str) -> Option<(usize, usize)> {
    if text.len() < SHORTEST {
        return None;
    }
    let [begin, end] = PRIVATE_KEY;
    if let Some(start) = text.find(begin) {
        let line = text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        if line.trim_end().ends_with(end) {
            return Some((start, start + line.trim_end().len()));
        }
    }
    TOKENS.iter().filter_map(|token| token.find(text)).min()
}

impl Token {
    fn find(&self, text: &str) -> Option<(usize, usize)> {
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        for (start, _) in text.match_indices(self.prefix) {
            let before = text.get(..start).and_then(|before| before.chars().next_back());
            let rest = text.get(start + self.prefix.len()..).unwrap_or_default();
            let key = rest.split(|c: char| !is_word(c)).next().unwrap_or_default();
            // Words with hyphens have no digits; keys have several.
            let digits = key.bytes().filter(u8::is_ascii_digit).count();
            if !before.is_some_and(is_word) && key.len() >= self.least && digits >= 3 {
                return Some((start, start + self.prefix.len() + key.len()));
            }
        }
        None
    }
}
