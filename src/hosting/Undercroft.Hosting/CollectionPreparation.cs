namespace Undercroft.Hosting;

/// <summary>Builds the indexes of one collection.</summary>
/// <param name="Prepare">Does it.</param>
internal sealed record CollectionPreparation(Func<Storage, CancellationToken, ValueTask> Prepare);
