namespace Undercroft.Jobs;

/// <summary>Adds a handler that an application has registered.</summary>
/// <param name="Add">Does it.</param>
internal sealed record HandlerSeed(Action<JobHandlers> Add);
