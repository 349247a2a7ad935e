namespace Undercroft.Postgres.Writing;

/// <summary>What all rounds of a batch have in common.</summary>
/// <param name="Tenant">The tenant's number.</param>
/// <param name="Writer">The lane that sends the batch.</param>
/// <param name="Batch">The lane's number for it: a batch that comes twice is applied once.</param>
/// <param name="Segment">The segment of the server's history, as the lane knows it.</param>
/// <param name="Synchronous">What <c>synchronous_commit</c> is to be.</param>
/// <param name="At">The store's time.</param>
/// <param name="ReplaysKept">How many results of a client are kept.</param>
internal readonly record struct BatchHead(
    int Tenant, Guid Writer, long Batch, string Segment, string Synchronous, DateTimeOffset At, int ReplaysKept);
