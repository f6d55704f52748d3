using System.Text.Json;

namespace Streaming.Learning.Models;

/// <summary>Takes values out of JSON that may hold anything; what isn't as wanted is a <see cref="FormatException"/>.</summary>
static class JsonAccess
{
    internal static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false };

    /// <summary>The members of an object.</summary>
    internal static IEnumerable<JsonProperty> Members(this JsonElement element, string name) =>
        Checked(element, JsonValueKind.Object, name).EnumerateObject();

    /// <summary>The items of an array.</summary>
    internal static IEnumerable<JsonElement> Items(this JsonElement element, string name) =>
        Checked(element, JsonValueKind.Array, name).EnumerateArray();

    /// <summary>One member of the object <paramref name="name"/>.</summary>
    internal static JsonElement Member(this JsonElement element, string member, string name) =>
        Checked(element, JsonValueKind.Object, name).TryGetProperty(member, out JsonElement value)
            ? value
            : throw new FormatException($"Wanted '{member}' in {name}, found none.");

    /// <summary>A text.</summary>
    internal static string Text(this JsonElement element, string name) => Checked(element, JsonValueKind.String, name).GetString()!;

    /// <summary>A whole number in a range, both ends included.</summary>
    internal static long Whole(this JsonElement element, string name, long min, long max) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out long value) && value >= min && value <= max
            ? value
            : throw new FormatException($"Wanted a whole number from {min} to {max} as '{name}', found {Shown(element)}.");

    /// <summary>A finite number.</summary>
    internal static double Real(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out double value) && double.IsFinite(value)
            ? value
            : throw new FormatException($"Wanted a finite number as '{name}', found {Shown(element)}.");

    /// <summary>One of the names of an enumeration.</summary>
    internal static T Name<T>(this JsonElement element, string name)
        where T : struct, Enum
    {
        string text = element.Text(name);
        return Enum.TryParse(text, out T value) && value.ToString() == text
            ? value
            : throw new FormatException($"Wanted one of {string.Join(", ", Enum.GetNames<T>())} as '{name}', found '{text}'.");
    }

    /// <summary>A truth value.</summary>
    internal static bool Truth(this JsonElement element, string name) => element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw new FormatException($"Wanted true or false as '{name}', found {Shown(element)}."),
    };

    static JsonElement Checked(JsonElement element, JsonValueKind kind, string name) =>
        element.ValueKind == kind
            ? element
            : throw new FormatException($"Wanted a JSON {kind} as '{name}', found {Shown(element)}.");

    static string Shown(JsonElement element)
    {
        string text = element.GetRawText();
        return text.Length <= 40 ? text : text[..40] + "...";
    }
}
