using System.Text;

namespace Undercroft;

/// <summary>How a transaction ended whose body gives a value.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
public sealed record TransactionResult<T> : TransactionResult
{
    private readonly T value;

    internal TransactionResult(TransactionResult result, T value)
        : base(result) => this.value = value;

    /// <summary>What the body gave in the run that was committed; what it gave in runs that lost is gone.</summary>
    /// <exception cref="InvalidOperationException">An earlier call with the same key had done it: the body did not run,
    /// and its value was never kept. Look at <see cref="TransactionResult.IsReplay"/> first.</exception>
    public T Value => !IsReplay ? value : throw new InvalidOperationException(
        $"The transaction was committed at {Revision} by an earlier call with the same key: its body did not run, " +
        "and there is no value. Look at IsReplay first, and read what the earlier call wrote.");

    /// <inheritdoc/>
    protected override bool PrintMembers(StringBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        _ = base.PrintMembers(builder);
        if (!IsReplay)
        {
            _ = builder.Append(", Value = ").Append(value);
        }

        return true;
    }
}
