using Streaming.Learning.Data;
using Streaming.Learning.Data.Encodings;

namespace Streaming.Learning.Export;

/// <summary>
/// The part of a graph that makes features of a column of dates or times, which come as the numbers that files hold: <see cref="DatePartsEncoding"/> in
/// whole numbers, and by the same algorithm.
/// </summary>
/// <param name="graph">The graph.</param>
sealed class OnnxDates(OnnxGraph graph)
{
    /// <summary>Adds the parts of a column.</summary>
    /// <param name="column">The column.</param>
    /// <param name="values">Its values, [N × 1].</param>
    /// <param name="type">Its type in the data that the model was trained on; null where nobody has noted it.</param>
    /// <returns>Its features, [N × parts] doubles.</returns>
    /// <exception cref="ArgumentException">The type says no unit.</exception>
    public string Add(FeatureColumn column, string values, string? type)
    {
        if (type == null || ColumnUnit.Of(type) is not { Origin: TimeOrigin.Epoch } unit)
            throw new ArgumentException($"There is no ONNX graph for the parts of column '{column.Name}': the model does not say what its numbers count.");

        long perDay = ColumnUnit.Day / unit.Nanoseconds;
        string nothing = graph.Node("Or", graph.Node("IsNaN", values), graph.Node("IsInf", values));
        string units = Cast(graph.Node("Where", nothing, graph.Constant(0.0), values), Onnx.TensorProto.Types.DataType.Int64);
        string day = Floor(units, perDay), minute = Over(Times(Minus(units, Times(day, perDay)), 1440), perDay);
        IEnumerable<string> parts = ((DatePartsEncoding)column.Encoding!).Parts.Select(part => part switch
        {
            DatePart.Hour => Over(minute, 60),
            DatePart.Minute => graph.Node("Mod", minute, Whole(60)),
            DatePart.Weekday => graph.Node("Mod", Plus(day, 3), Whole(7)),
            _ => OfCalendar(day, part),
        });
        string all = Cast(graph.Node("Concat", [("axis", 1)], [.. parts]), Onnx.TensorProto.Types.DataType.Double);
        return graph.Node("Where", nothing, graph.Constant(double.NaN), all);
    }

    // As DatePartsEncoding has it: eras of 400 years that begin in March. What is divided is at least 0, but for the day itself.
    string OfCalendar(string day, DatePart part)
    {
        string fromEras = Plus(day, 719_468), era = Floor(fromEras, 146_097), ofEra = Minus(fromEras, Times(era, 146_097));
        string yearOfEra = Over(Minus(Plus(Minus(ofEra, Over(ofEra, 1460)), Over(ofEra, 36_524)), Over(ofEra, 146_096)), 365);
        string ofYear = Minus(ofEra, Minus(Plus(Times(yearOfEra, 365), Over(yearOfEra, 4)), Over(yearOfEra, 100)));
        string fromMarch = Over(Plus(Times(ofYear, 5), 2), 153);
        if (part == DatePart.Day)
            return Plus(Minus(ofYear, Over(Plus(Times(fromMarch, 153), 2), 5)), 1);

        string isNewYear = graph.Node("GreaterOrEqual", fromMarch, Whole(10));
        if (part == DatePart.Month)
            return graph.Node("Where", isNewYear, Plus(fromMarch, -9), Plus(fromMarch, 3));

        string year = Plus(yearOfEra, Times(era, 400));
        year = graph.Node("Where", isNewYear, Plus(year, 1), year);
        if (part == DatePart.Year)
            return year;

        string before = Plus(year, -1);
        string first = Plus(Plus(Minus(Plus(Times(before, 365), Floor(before, 4)), Floor(before, 100)), Floor(before, 400)), -719_162);
        return Plus(Minus(day, first), 1);
    }

    // Mod has the sign of the divisor, Div goes towards 0.
    string Floor(string value, long by) => Over(Minus(value, graph.Node("Mod", value, Whole(by))), by);

    string Over(string value, long by) => graph.Node("Div", value, Whole(by));

    string Times(string value, long by) => graph.Node("Mul", value, Whole(by));

    string Plus(string value, long other) => graph.Node("Add", value, Whole(other));

    string Plus(string value, string other) => graph.Node("Add", value, other);

    string Minus(string value, string other) => graph.Node("Sub", value, other);

    string Whole(long value) => graph.Constant(value);

    string Cast(string value, Onnx.TensorProto.Types.DataType type) => graph.Node("Cast", [("to", (long)type)], value);
}
