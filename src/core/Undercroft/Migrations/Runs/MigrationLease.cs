namespace Undercroft.Migrations;

/// <summary>A lease on a collection's migrations, as a record that expires by the store's clock.</summary>
/// <remarks>Every batch renews it in its own commit, under the revision it had: whoever has lost it cannot write,
/// however late they wake up.</remarks>
internal sealed class MigrationLease
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Storage storage;
    private readonly RecordLease lease;

    private MigrationLease(Storage storage, RecordLease lease)
    {
        this.storage = storage;
        this.lease = lease;
    }

    public Revision Revision
    {
        get => lease.Revision;
        set => lease.Revision = value;
    }

    /// <summary>Takes the lease, waiting for it as long as the options say.</summary>
    /// <exception cref="StoreException">Somebody else has it: <see cref="StoreErrorKind.InUse"/>.</exception>
    public static async ValueTask<MigrationLease> TakeAsync(
        Storage storage, string collection, MigratorOptions options, CancellationToken cancellationToken)
    {
        var clock = storage.Options.Clock;
        var started = clock.GetTimestamp();
        var lease = new RecordLease(storage.Store, LeaseKeys.Migration(collection), options.Lease);
        while (true)
        {
            var result = await lease.TakeAsync(null, cancellationToken).ConfigureAwait(false);
            if (result.IsCommitted)
            {
                storage.Heard(result.At);
                return new MigrationLease(storage, lease);
            }

            if (clock.GetElapsedTime(started) >= options.LeaseWait)
            {
                throw new StoreException(
                    StoreErrorKind.InUse,
                    $"Cannot migrate {Names.Show(collection)}: somebody else is at it. Wait for them, or, where they " +
                    $"were killed, for their lease to expire within {options.Lease}, and run again.")
                {
                    IsTransient = true,
                };
            }

            await Task.Delay(Pause, clock, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Makes the operation that renews it.</summary>
    public PutOperation ToRenew() => lease.ToRenew();

    /// <summary>Makes the operation that gives it back.</summary>
    public DeleteOperation ToRelease() => lease.ToGive();

    /// <summary>Gives it back, where it is still there.</summary>
    public async ValueTask ReleaseAsync()
    {
        if (await lease.GiveAsync().ConfigureAwait(false) is { } error)
        {
            // The run has its own result, which this must not hide; the lease ends by itself.
            storage.Events.Failed("give a migration's lease back", error);
        }
    }
}
