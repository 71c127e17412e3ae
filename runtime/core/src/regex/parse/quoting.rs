//! `\Q…\E`: what stands between them is literal. Resolved to single escapes before the pattern is read.

/// The letters of the pattern without quoting, and where each stands in the source.
pub(super) fn resolve(source: &str) -> (Vec<char>, Vec<usize>) {
    let mut letters = Vec::with_capacity(source.len());
    let mut offsets = Vec::with_capacity(source.len());
    let mut push = |letter: char, offset: usize| {
        letters.push(letter);
        offsets.push(offset);
    };
    let mut rest = source.char_indices().peekable();
    let mut quoted = false;
    let mut first = false;
    while let Some((offset, letter)) = rest.next() {
        let follows = rest.peek().map(|(_, next)| *next);
        match (quoted, letter, follows) {
            (false, '\\', Some('Q')) => {
                rest.next();
                (quoted, first) = (true, true);
            }
            (false, '\\', Some(next)) => {
                push(letter, offset);
                push(next, offset + 1);
                rest.next();
            }
            (true, '\\', Some('E')) => {
                rest.next();
                quoted = false;
            }
            // A digit must not lengthen the number of a back reference in front.
            (true, digit, _) if digit.is_ascii_digit() && first => {
                for part in ['\\', 'x', '3'] {
                    push(part, offset);
                }
                push(digit, offset);
                first = false;
            }
            (true, sign, _) if sign.is_ascii() && !sign.is_ascii_alphanumeric() => {
                push('\\', offset);
                push(sign, offset);
                first = false;
            }
            (_, letter, _) => {
                push(letter, offset);
                first = false;
            }
        }
    }
    (letters, offsets)
}
