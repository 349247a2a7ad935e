using System.Text.Json.Serialization;
using Undercroft;

namespace Samples;

internal sealed record Doctor(bool IsOnCall);

internal sealed record Booking(string Room, int Hour);

internal sealed record Helper(string Shift);

internal sealed record Order(string Region);

internal sealed record Account(int Balance);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Doctor))]
[JsonSerializable(typeof(Booking))]
[JsonSerializable(typeof(Helper))]
[JsonSerializable(typeof(Order))]
[JsonSerializable(typeof(Account))]
internal sealed partial class SampleJson : JsonSerializerContext;

/// <summary>What can go wrong between transactions, shown happening, and what cures it:
/// <c>dotnet run --project samples/Transactions</c>.</summary>
/// <remarks>Each scene has two parties on one store. What the second does, it does in the middle of what the first
/// does: that is what <c>meanwhile</c> stands for.</remarks>
public static class TransactionsSample
{
    private static readonly CollectionDefinition<Doctor> Doctors = new("doctors", SampleJson.Default.Doctor);
    private static readonly CollectionDefinition<Booking> Bookings = new("bookings", SampleJson.Default.Booking);
    private static readonly CollectionDefinition<Helper> Helpers = new("helpers", SampleJson.Default.Helper);
    private static readonly CollectionDefinition<Order> Orders = new("orders", SampleJson.Default.Order);
    private static readonly CollectionDefinition<Account> Accounts = new("accounts", SampleJson.Default.Account);

    // docs:unique-index
    private static readonly CollectionDefinition<Booking> UniqueBookings = Bookings.WithUnique("slot", "room", "hour");

    // docs:end

    /// <summary>Plays all scenes in memory.</summary>
    public static Task Main() => RunAsync(Console.Out);

    /// <summary>Plays all scenes.</summary>
    /// <param name="output">Where to write what happens.</param>
    public static async Task RunAsync(TextWriter output)
    {
        await WriteSkewAsync(output);
        await AbsenceAsync(output, Bookings);
        await AbsenceAsync(output, UniqueBookings);
        await CountAsync(output, isGuarded: false);
        await CountAsync(output, isGuarded: true);
        await CounterAsync(output);
        await ReportAsync(output, isGuarded: false);
        await ReportAsync(output, isGuarded: true);
        await TornReadAsync(output);
    }

    private static async Task WriteSkewAsync(TextWriter output)
    {
        await using var scene = await Scene.OpenAsync(async storage => await storage.Repository(Doctors)
            .CreateManyAsync([new("ann", new Doctor(true)), new("bob", new Doctor(true))]));

        // docs:write-skew
        static ValueTask<TransactionResult> LeaveAsync(Storage storage, string who, Func<ValueTask> meanwhile) =>
            storage.TransactionAsync(async tx =>
            {
                var doctors = tx.Repository(Doctors);
                var onCall = await doctors.Query().Where(doctor => doctor.IsOnCall).ToPageAsync();
                await meanwhile();
                if (onCall.Items.Count >= 2)
                {
                    await doctors.PatchAsync(who, static doctor => doctor with { IsOnCall = false });
                }
            });

        // docs:end
        var result = await LeaveAsync(
            scene.Here, "ann", scene.Once(async () => await LeaveAsync(scene.There, "bob", Nothing)));
        var left = await scene.Here.Repository(Doctors).Query().Where(doctor => doctor.IsOnCall).CountAsync();
        await output.WriteLineAsync($"write skew: {left} on call, after {result.Attempts} attempts");
    }

    private static async Task AbsenceAsync(TextWriter output, CollectionDefinition<Booking> definition)
    {
        await using var scene = await Scene.OpenAsync(storage => storage.PrepareAsync(definition));

        // docs:absence
        async ValueTask BookAsync(Storage storage, string who, Func<ValueTask> meanwhile)
        {
            await storage.TransactionAsync(async tx =>
            {
                var bookings = tx.Repository(definition);
                var slot = bookings.Query().Where(booking => booking.Room == "blue" && booking.Hour == 9);
                var isTaken = await slot.AnyAsync();
                await meanwhile();
                if (!isTaken)
                {
                    await bookings.CreateAsync(who, new Booking("blue", 9));
                }
            });
        }

        // docs:end
        var refused = "nobody refused";
        try
        {
            await BookAsync(scene.Here, "ann", scene.Once(() => BookAsync(scene.There, "bob", Nothing)));
        }
        catch (UniqueConflictException)
        {
            refused = "ann refused";
        }

        var booked = await scene.Here.Repository(definition).Query().CountAsync();
        var title = ReferenceEquals(definition, Bookings) ? "absence" : "absence, unique index";
        await output.WriteLineAsync($"{title}: {booked} booked one room, {refused}");
    }

    private static async Task CountAsync(TextWriter output, bool isGuarded)
    {
        await using var scene = await Scene.OpenAsync(async storage => await storage.Repository(Helpers)
            .CreateAsync("eve", new Helper("morning")));

        // docs:count
        async ValueTask JoinAsync(Storage storage, string who, Func<ValueTask> meanwhile)
        {
            await storage.TransactionAsync(async tx =>
            {
                if (isGuarded)
                {
                    await tx.GuardAsync("shift:morning");
                }

                var helpers = tx.Repository(Helpers);
                var count = await helpers.Query().Where(helper => helper.Shift == "morning").CountAsync();
                await meanwhile();
                if (count < 2)
                {
                    await helpers.CreateAsync(who, new Helper("morning"));
                }
            });
        }

        // docs:end
        await JoinAsync(scene.Here, "ann", scene.Once(() => JoinAsync(scene.There, "bob", Nothing)));
        var helping = await scene.Here.Repository(Helpers).Query().CountAsync();
        await output.WriteLineAsync($"count{(isGuarded ? ", guarded" : "")}: {helping} on a shift for 2");
    }

    private static async Task CounterAsync(TextWriter output)
    {
        await using var scene = await Scene.OpenAsync(async storage => await storage.Counter("seats").AddAsync(3));

        // docs:counter
        static async ValueTask BuyAsync(Storage storage, int seats, Func<ValueTask> meanwhile)
        {
            await storage.TransactionAsync(async tx =>
            {
                var left = await tx.Counter("seats").GetAsync();
                await meanwhile();
                if (left >= seats)
                {
                    await tx.Counter("seats").AddAsync(-seats);
                }
            });
        }

        // docs:end
        await BuyAsync(scene.Here, 2, scene.Once(() => BuyAsync(scene.There, 2, Nothing)));
        await output.WriteLineAsync($"counter: {await scene.Here.Counter("seats").GetAsync()} seats left");

        // docs:counter-claim
        static async ValueTask<bool> ClaimAsync(Storage storage, int seats)
        {
            var counter = storage.Counter("seats");
            if (await counter.AddAsync(-seats) >= 0)
            {
                return true;
            }

            await counter.AddAsync(seats);
            return false;
        }

        // docs:end
        await scene.Here.Counter("seats").AddAsync(4);
        var claims = await Task.WhenAll(ClaimAsync(scene.Here, 2).AsTask(), ClaimAsync(scene.There, 2).AsTask());
        await output.WriteLineAsync(
            $"counter, claimed: {claims.Count(static won => won)} of 2 got seats, " +
            $"{await scene.Here.Counter("seats").GetAsync()} left");
    }

    private static async Task ReportAsync(TextWriter output, bool isGuarded)
    {
        await using var scene = await Scene.OpenAsync(async storage => await storage.Repository(Orders)
            .CreateAsync("order-1", new Order("south")));

        // docs:report
        async ValueTask<long> ReportAsync(Storage storage, Func<ValueTask> meanwhile)
        {
            var total = 0L;
            await storage.TransactionAsync(async tx =>
            {
                if (isGuarded)
                {
                    await tx.GuardAsync("regions");
                }

                var orders = tx.Repository(Orders);
                var north = await orders.Query().Where(order => order.Region == "north").CountAsync();
                await meanwhile();
                var south = await orders.Query().Where(order => order.Region == "south").CountAsync();
                total = north + south;
            });
            return total;
        }

        async ValueTask MoveAsync(Storage storage)
        {
            await storage.TransactionAsync(async tx =>
            {
                if (isGuarded)
                {
                    await tx.GuardAsync("regions");
                }

                await tx.Repository(Orders).PatchAsync("order-1", static order => order with { Region = "north" });
            });
        }

        // docs:end
        var total = await ReportAsync(scene.Here, scene.Once(() => MoveAsync(scene.There)));
        await output.WriteLineAsync($"report{(isGuarded ? ", guarded" : "")}: {total} of 1 order seen");
    }

    private static async Task TornReadAsync(TextWriter output)
    {
        await using var scene = await Scene.OpenAsync(async storage => await storage.Repository(Accounts)
            .CreateManyAsync([new("left", new Account(50)), new("right", new Account(50))]));
        var meanwhile = scene.Once(async () => await scene.There.TransactionAsync(static async tx =>
        {
            var accounts = tx.Repository(Accounts);
            await accounts.PatchAsync("left", static account => new Account(account.Balance - 10));
            await accounts.PatchAsync("right", static account => new Account(account.Balance + 10));
        }));

        // docs:torn
        var accounts = scene.Here.Repository(Accounts);
        var left = await accounts.GetAsync("left");
        await meanwhile();
        var right = await accounts.GetAsync("right");
        var torn = left!.Value.Balance + right!.Value.Balance;

        var both = await accounts.GetManyAsync(["left", "right"]);
        var whole = both.Sum(static account => account!.Value.Balance);

        // docs:end
        await output.WriteLineAsync($"torn read: {torn} in two reads, {whole} in one");
    }

    private static ValueTask Nothing() => default;

    /// <summary>Two parties on one store.</summary>
    private sealed class Scene : IAsyncDisposable
    {
        private readonly MemoryStore store = new();

        private Scene()
        {
            Here = new Storage(store);
            There = new Storage(store);
        }

        public Storage Here { get; }

        public Storage There { get; }

        public static async Task<Scene> OpenAsync(Func<Storage, ValueTask> prepare)
        {
            var scene = new Scene();
            await prepare(scene.Here);
            return scene;
        }

        /// <summary>Does something the first time only: a transaction that runs again is not disturbed again.</summary>
        public Func<ValueTask> Once(Func<ValueTask> act)
        {
            var isDone = false;
            return () => Interlocked.Exchange(ref isDone, true) ? default : act();
        }

        public async ValueTask DisposeAsync()
        {
            await There.DisposeAsync();
            await Here.DisposeAsync();
            await store.DisposeAsync();
        }
    }
}
