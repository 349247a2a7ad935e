namespace Undercroft.Jobs;

/// <summary>Keeps the outcome of a step of a run with the commit, so that a later run does not do it again. Fenced as a
/// settlement is.</summary>
/// <param name="lease">The run.</param>
/// <param name="name">The step.</param>
/// <param name="output">What it came to. The bytes must not change until the commit has completed.</param>
public sealed class StepOperation(JobLease lease, string name, ReadOnlyMemory<byte> output) : JobOperation
{
    /// <summary>The run.</summary>
    public JobLease Lease { get; } = lease;

    /// <summary>The step.</summary>
    public string Name { get; } = name ?? throw new ArgumentNullException(nameof(name));

    /// <summary>What it came to.</summary>
    public ReadOnlyMemory<byte> Output { get; } = output;

    /// <inheritdoc/>
    public override JobId Job => Lease.Job;
}
