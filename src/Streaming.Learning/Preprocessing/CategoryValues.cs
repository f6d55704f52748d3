namespace Streaming.Learning.Preprocessing;

/// <summary>
/// What the features that a column of categories gives are in all rows together, from the categories' weights: the pass that counts them need not
/// be followed by another.
/// </summary>
static class CategoryValues
{
    /// <summary>Tells the values of a column's features, each with the weight of its rows.</summary>
    /// <param name="count">Features of the column.</param>
    /// <param name="categories">The categories, in order.</param>
    /// <param name="find">The feature that a category gives a value, and the value.</param>
    /// <param name="add">Told of feature, value (NaN: missing) and weight.</param>
    public static void Add(
        int count, IReadOnlyList<Category> categories, Func<string?, (int Feature, double Value)?> find, Action<int, double, double> add)
    {
        // Of each feature what the rows weigh that have a value other than 0 there.
        var others = new double[count];
        double total = 0;
        foreach (Category category in categories)
        {
            total += category.Weight;
            if (find(category.Label) is not { } found)
                continue;

            others[found.Feature] += category.Weight;
            add(found.Feature, found.Value, category.Weight);
        }

        // What is left of the total may be rounding.
        for (int k = 0; k < others.Length; k++)
            add(k, 0, total - others[k] > 1e-12 * total ? total - others[k] : 0);
    }
}
