namespace Undercroft.Queries;

/// <summary>Walks rows. Not for several threads at once.</summary>
internal interface IRowCursor
{
    /// <summary>The row the walk is at, after a move that said so.</summary>
    Row Current { get; }

    /// <summary>Whether there may be rows behind; false is certain.</summary>
    bool MayHaveMore { get; }

    /// <summary>Moves to the next row.</summary>
    /// <param name="wanted">How many rows are still wanted, so that no more are read; at least 1.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    ValueTask<bool> MoveAsync(int wanted, CancellationToken cancellationToken);
}
