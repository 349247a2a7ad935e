namespace Undercroft.Jobs;

/// <summary>Names a job: chosen before it is enqueued, never used again.</summary>
/// <param name="Value">The 128 bits.</param>
public readonly record struct JobId(Guid Value) : IComparable<JobId>
{
    /// <summary>No job.</summary>
    public static JobId None => default;

    /// <summary>Makes a fresh id.</summary>
    public static JobId New() => new(Guid.CreateVersion7());

    /// <summary>Reads an id as <see cref="ToString"/> writes it.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static JobId Parse(string text) => TryParse(text, out var id)
        ? id
        : throw new FormatException(
            $"{Names.Show(text)} is no id of a job; expected 32 hexadecimal digits, as 'jobs list' shows them.");

    /// <summary>Reads an id as <see cref="ToString"/> writes it; dashes are allowed.</summary>
    /// <returns>Whether it is one.</returns>
    public static bool TryParse(string? text, out JobId id)
    {
        var isOne = Guid.TryParse(text, out var value);
        id = new JobId(value);
        return isOne;
    }

    /// <inheritdoc/>
    public int CompareTo(JobId other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("N");
}
