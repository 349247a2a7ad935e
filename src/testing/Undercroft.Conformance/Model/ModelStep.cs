namespace Undercroft.Conformance.Model;

/// <summary>One step of a random run. It names no revision and no time of its own, so that it keeps its meaning when
/// the steps before it are left out.</summary>
internal abstract record ModelStep
{
    /// <summary>Takes the step on the store and on the model, and compares.</summary>
    public abstract Task RunAsync(ModelRun run);

    /// <summary>Makes simpler forms of the step, for shrinking.</summary>
    public virtual IEnumerable<ModelStep> Simpler() => [];
}
