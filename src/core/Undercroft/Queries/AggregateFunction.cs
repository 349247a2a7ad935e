namespace Undercroft.Queries;

/// <summary>What an <see cref="Aggregate"/> makes of many values.</summary>
public enum AggregateFunction
{
    /// <summary>The number of documents.</summary>
    Count = 0,

    /// <summary>The exact sum of all numbers; 0 of none. Other values are passed over.</summary>
    Sum,

    /// <summary>The least value in the order of indexes, nulls and objects passed over; null of none.</summary>
    Min,

    /// <summary>The greatest value in the order of indexes, nulls and objects passed over; null of none.</summary>
    Max,

    /// <summary>The sum of all numbers by their count, to 28 digits; null of none. Other values are passed
    /// over.</summary>
    Average,
}
