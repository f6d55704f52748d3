namespace Streaming.Learning.Data.Conditions;

/// <summary>Kinds of words in a condition.</summary>
enum TokenKind
{
    /// <summary>A keyword, or a column's name without quotes.</summary>
    Word,

    /// <summary>A column's name in quotes.</summary>
    Name,

    /// <summary>A text in single quotes.</summary>
    Text,

    /// <summary>A number without sign.</summary>
    Number,

    /// <summary>An operator, a parenthesis, a comma, a sign.</summary>
    Symbol,

    /// <summary>The end.</summary>
    End,
}

/// <summary>A word of a condition.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Value">The word; names and texts without their quotes.</param>
/// <param name="Position">1-based position of its first character.</param>
readonly record struct Token(TokenKind Kind, string Value, int Position);

/// <summary>Cuts a condition into words.</summary>
static class ConditionLexer
{
    static readonly string[] Symbols = ["==", "!=", "<>", "<=", ">=", "=", "<", ">", "(", ")", ",", "-", "+"];

    /// <summary>The words of <paramref name="text"/>, an <see cref="TokenKind.End"/> behind them.</summary>
    /// <exception cref="ArgumentException">A character has no place in conditions, or a quote is not closed.</exception>
    public static List<Token> Read(string text)
    {
        List<Token> tokens = [];
        int next = 0;
        while (true)
        {
            while (next < text.Length && char.IsWhiteSpace(text[next]))
                next++;

            if (next == text.Length)
            {
                tokens.Add(new Token(TokenKind.End, "", next + 1));
                return tokens;
            }

            int start = next;
            char c = text[start];
            TokenKind kind;
            string value;
            if (c is '\'' or '"' or '`')
            {
                kind = c == '\'' ? TokenKind.Text : TokenKind.Name;
                value = ReadQuoted(text, ref next);
            }
            else if (char.IsAsciiDigit(c) || c == '.')
            {
                kind = TokenKind.Number;
                value = ReadNumber(text, ref next);
            }
            else if (char.IsLetter(c) || c == '_')
            {
                kind = TokenKind.Word;
                while (next < text.Length && IsPartOfWord(text[next]))
                    next++;

                value = text[start..next];
            }
            else
            {
                kind = TokenKind.Symbol;
                value = Symbols.FirstOrDefault(s => text.AsSpan(start).StartsWith(s, StringComparison.Ordinal))
                    ?? throw Fault(text, start + 1, "a column, a value or an operator", $"'{c}'");
                next += value.Length;
            }

            tokens.Add(new Token(kind, value, start + 1));
        }
    }

    /// <summary>The error that tells what was wanted at a place and what stands there.</summary>
    public static ArgumentException Fault(string text, int position, string wanted, string found) =>
        new($"Option where: wanted {wanted}, found {found} at character {position} of: {text}");

    static bool IsPartOfWord(char c) => char.IsLetterOrDigit(c) || c is '_' or '.';

    // A quote inside is written twice.
    static string ReadQuoted(string text, ref int next)
    {
        int start = next;
        char quote = text[next++];
        while (true)
        {
            int end = text.IndexOf(quote, next);
            if (end < 0)
                throw Fault(text, start + 1, $"a closing {quote}", "none for the one");

            next = end + 1;
            if (next == text.Length || text[next] != quote)
                return text[(start + 1)..end].Replace(new string(quote, 2), quote.ToString(), StringComparison.Ordinal);

            next++;
        }
    }

    static string ReadNumber(string text, ref int next)
    {
        int start = next;
        while (next < text.Length && (IsPartOfWord(text[next]) || ((text[next] is '+' or '-') && (text[next - 1] is 'e' or 'E'))))
            next++;

        return text[start..next];
    }
}
