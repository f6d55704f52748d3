using System.Globalization;

namespace Streaming.Learning.Data.Conditions;

/// <summary>
/// Reads a condition by recursive descent: <c>or</c> joins what <c>and</c> joins, <c>not</c> binds closer than both, and below them stand
/// comparisons and parentheses.
/// </summary>
sealed class ConditionParser
{
    // Deeper nesting would only serve to exhaust the stack.
    const int MaxDepth = 100;

    static readonly string[] Keywords = ["and", "or", "not", "in", "is", "null", "between", "true", "false"];

    readonly string text;
    readonly List<Token> tokens;
    readonly List<ConditionLeaf> leaves = [];
    int next;
    int depth;

    ConditionParser(string text)
    {
        this.text = text;
        tokens = ConditionLexer.Read(text);
    }

    Token Current => tokens[next];

    /// <summary>Reads a whole condition.</summary>
    /// <returns>The condition, and its leaves by their index.</returns>
    /// <exception cref="ArgumentException">It is none: says what was wanted, what was found, and where.</exception>
    public static (ConditionNode Root, IReadOnlyList<ConditionLeaf> Leaves) Parse(string text)
    {
        var parser = new ConditionParser(text);
        ConditionNode root = parser.ReadOr();
        if (parser.Current.Kind != TokenKind.End)
            throw parser.Fault("and, or, or the end");

        return (root, parser.leaves);
    }

    ConditionNode ReadOr() => ReadJunction("or", isAnd: false, () => ReadJunction("and", isAnd: true, ReadNot));

    ConditionNode ReadJunction(string keyword, bool isAnd, Func<ConditionNode> readPart)
    {
        List<ConditionNode> parts = [readPart()];
        while (Take(keyword))
            parts.Add(readPart());

        return parts.Count == 1 ? parts[0] : new ConditionJunction(isAnd, parts);
    }

    ConditionNode ReadNot()
    {
        if (++depth > MaxDepth)
            throw Fault($"at most {MaxDepth} parentheses and negations inside each other");

        ConditionNode node;
        if (Take("not"))
        {
            node = new ConditionNegation(ReadNot());
        }
        else if (TakeSymbol("("))
        {
            node = ReadOr();
            if (!TakeSymbol(")"))
                throw Fault("and, or, or )");
        }
        else
        {
            node = ReadPredicate();
        }

        depth--;
        return node;
    }

    ConditionNode ReadPredicate()
    {
        if (!IsColumn(Current))
            return ReadFlipped();

        string column = tokens[next++].Value;
        if (Take("is"))
        {
            bool isNot = Take("not");
            if (!Take("null"))
                throw Fault(isNot ? "null" : "null or not null");

            return NegatedIf(isNot, Leaf(column, Relation.IsNull));
        }

        bool negated = Take("not");
        if (Take("in"))
            return NegatedIf(negated, Leaf(column, Relation.Equal, ReadList()));

        if (Take("between"))
            return NegatedIf(negated, ReadBetween(column));

        if (negated)
            throw Fault("in or between");

        if (TakeOperator() is not { } symbol)
            return Leaf(column, Relation.IsTrue);

        if (IsColumn(Current))
            throw Fault("a value to compare with (two columns can't be compared; texts stand in single quotes)");

        return Compare(column, symbol, ReadLiteral());
    }

    // A value may stand first: 3 < col.
    ConditionNode ReadFlipped()
    {
        Literal literal = ReadLiteral("a column, a value, not or (");
        if (TakeOperator() is not { } symbol)
            throw Fault($"a comparison of {literal} with a column");

        if (!IsColumn(Current))
            throw Fault($"a column to compare {literal} with");

        string flipped = symbol switch { "<" => ">", "<=" => ">=", ">" => "<", ">=" => "<=", _ => symbol };
        return Compare(tokens[next++].Value, flipped, literal);
    }

    ConditionNode ReadBetween(string column)
    {
        Literal low = ReadLiteral();
        if (!Take("and"))
            throw Fault("and");

        return new ConditionJunction(
            isAnd: true, [Leaf(column, Relation.GreaterOrEqual, low), Leaf(column, Relation.LessOrEqual, ReadLiteral())]);
    }

    Literal[] ReadList()
    {
        if (!TakeSymbol("("))
            throw Fault("( and a list of values");

        List<Literal> values = [];
        do
        {
            values.Add(ReadLiteral());
        }
        while (TakeSymbol(","));

        return TakeSymbol(")") ? [.. values] : throw Fault(", or )");
    }

    Literal ReadLiteral(string wanted = "a value: a number, a 'text', true or false")
    {
        if (Current.Kind == TokenKind.Text)
            return new Literal(LiteralKind.Text, tokens[next++].Value);

        if (Take("true"))
            return new Literal(LiteralKind.Boolean, "true", 1, new Fraction(1, 1));

        if (Take("false"))
            return new Literal(LiteralKind.Boolean, "false", 0, new Fraction(0, 1));

        if (IsWord(Current, "null"))
            throw Fault("a value (for null there are: is null, is not null)");

        string sign = TakeSymbol("-") ? "-" : TakeSymbol("+") ? "+" : "";
        if (Current.Kind != TokenKind.Number)
            throw Fault(sign == "" ? wanted : "a number");

        return ReadNumber(sign);
    }

    Literal ReadNumber(string sign)
    {
        string number = sign + Current.Value;
        if (!double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) || !double.IsFinite(value))
            throw Fault("a number");

        next++;
        return new Literal(LiteralKind.Number, number, value, Fraction.Parse(number));
    }

    ConditionNode Compare(string column, string symbol, Literal operand) => symbol switch
    {
        "<" => Leaf(column, Relation.Less, operand),
        "<=" => Leaf(column, Relation.LessOrEqual, operand),
        ">" => Leaf(column, Relation.Greater, operand),
        ">=" => Leaf(column, Relation.GreaterOrEqual, operand),
        _ => NegatedIf(symbol is "!=" or "<>", Leaf(column, Relation.Equal, operand)),
    };

    ConditionLeaf Leaf(string column, Relation relation, params Literal[] operands)
    {
        var leaf = new ConditionLeaf(leaves.Count, column, relation, operands);
        leaves.Add(leaf);
        return leaf;
    }

    static ConditionNode NegatedIf(bool condition, ConditionNode node) => condition ? new ConditionNegation(node) : node;

    static bool IsColumn(Token token) =>
        token.Kind == TokenKind.Name || (token.Kind == TokenKind.Word && !Keywords.Contains(token.Value, StringComparer.OrdinalIgnoreCase));

    static bool IsWord(Token token, string keyword) =>
        token.Kind == TokenKind.Word && token.Value.Equals(keyword, StringComparison.OrdinalIgnoreCase);

    bool Take(string keyword)
    {
        bool found = IsWord(Current, keyword);
        next += found ? 1 : 0;
        return found;
    }

    bool TakeSymbol(string symbol)
    {
        bool found = Current.Kind == TokenKind.Symbol && Current.Value == symbol;
        next += found ? 1 : 0;
        return found;
    }

    string? TakeOperator() =>
        Current is { Kind: TokenKind.Symbol, Value: not ("(" or ")" or "," or "-" or "+") } ? tokens[next++].Value : null;

    ArgumentException Fault(string wanted)
    {
        Token found = Current;
        return ConditionLexer.Fault(text, found.Position, wanted, found.Kind == TokenKind.End ? "the end" : $"'{found.Value}'");
    }
}
