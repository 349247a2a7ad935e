namespace Undercroft.Queries;

/// <summary>How much a way to find records is worth. A field held to one value beats an order from the index, which
/// beats a range: a page in order ends early, a sort must see everything.</summary>
internal static class PlanScore
{
    public const int Ids = 2000;
    public const int Unique = 900;
    public const int Point = 100;
    public const int Points = 90;
    public const int Order = 30;
    public const int IdRange = 25;
    public const int Range = 20;

    /// <summary>What a union costs against the worst of its parts.</summary>
    public const int Union = -5;
}
